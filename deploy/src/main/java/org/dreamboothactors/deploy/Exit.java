package org.dreamboothactors.deploy;

/** What the exit code of a command says, and the sentences by which its help explains it. */
public final class Exit {
    public static final int DONE = 0;
    public static final int FAILED = 1;
    public static final int USAGE = 2;
    public static final int CANCELLED = 3;
    public static final int INTERRUPTED = 130;

    public static final String HEADING = "%nExit codes:%n";
    public static final String EXAMPLES = "%nExamples:%n";
    public static final String SERVICE = "%nThe service and its settings:%n";
    public static final String DONE_HELP = "0:done";
    public static final String FAILED_HELP = "1:failed; the message says why";
    public static final String RUN_FAILED_HELP = "1:failed; a run that failed or was rejected counts as well";
    public static final String USAGE_HELP = "2:wrong use; the message says what was expected";
    public static final String CANCELLED_HELP = "3:the run was cancelled";
    public static final String INTERRUPTED_HELP = "130:interrupted, e.g. by Ctrl-C";

    private Exit() {}
}
