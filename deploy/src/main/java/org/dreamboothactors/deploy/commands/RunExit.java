package org.dreamboothactors.deploy.commands;

import java.util.function.Consumer;
import org.dreamboothactors.deploy.Exit;
import org.dreamboothactors.deploy.progress.RunProgress.Ending;
import org.dreamboothactors.deploy.progress.RunWatch;

/** What to say, and which exit code to give, after a run was watched. */
final class RunExit {
    private RunExit() {}

    static int of(Ending ending) {
        return switch (ending) {
            case READY -> Exit.DONE;
            case REJECTED, FAILED -> Exit.FAILED;
            case CANCELLED -> Exit.CANCELLED;
        };
    }

    /** The exit code; an ending without the run's is explained. */
    static int of(RunWatch.End end, String runId, Consumer<String> tell) {
        return switch (end) {
            case RunWatch.RunOver(var ending) -> of(ending);
            case RunWatch.Stopped() -> {
                tell.accept("Stopped watching; the run goes on. See ./dreambooth watch " + runId);
                yield Exit.INTERRUPTED;
            }
            case RunWatch.NoNews(var time, var sinceTheBeginning) -> {
                tell.accept(
                        sinceTheBeginning
                                ? "Cannot watch run " + runId + ": no event of it within " + time.toSeconds()
                                        + " s, expected a run that ./dreambooth runs lists"
                                : "Cannot go on watching run " + runId + ": no event of it for " + time.toSeconds()
                                        + " s. Is the service still running?");
                yield Exit.FAILED;
            }
        };
    }
}
