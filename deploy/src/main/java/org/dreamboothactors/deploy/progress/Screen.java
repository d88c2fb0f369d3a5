package org.dreamboothactors.deploy.progress;

import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** Shows lines: on a terminal the last one is redrawn while something goes on; elsewhere plain lines, not too many. */
public final class Screen {
    private static final Duration PLAIN_PACE = Duration.ofSeconds(5);
    private static final String CLEAR = "\r\u001b[2K";

    /** How the output is looked at. */
    public enum Kind {
        TERMINAL,
        PLAIN;

        /** Terminal when both ends are one and it can be redrawn. */
        @SuppressWarnings("SystemConsoleNull") // NullAway does not know that it is never null since JDK 22
        public static Kind ofThisProcess() {
            var console = System.console();
            boolean redrawn = console != null && console.isTerminal() && !"dumb".equals(System.getenv("TERM"));
            return redrawn && System.getenv("NO_COLOR") == null ? TERMINAL : PLAIN;
        }
    }

    private final PrintStream out;
    private final Kind kind;
    private final InstantSource clock;
    private Instant nextGoing = Instant.MIN;
    private String going = "";

    public Screen(PrintStream out, Kind kind, InstantSource clock) {
        this.out = out;
        this.kind = kind;
        this.clock = clock;
    }

    /** A screen for standard output. */
    public static Screen ofThisProcess() {
        return new Screen(System.out, Kind.ofThisProcess(), InstantSource.system());
    }

    public synchronized void show(String prefix, RunProgress.Line line) {
        switch (line) {
            case RunProgress.Going(var text) -> going(prefix + text);
            case RunProgress.Fact(var text) -> print(prefix + text);
            case RunProgress.Over(var text, var _) -> print(prefix + text);
        }
    }

    /** A line that stays. Whatever was going on is written out first where it would be lost. */
    public synchronized void print(String text) {
        if (!going.isEmpty()) {
            if (kind == Kind.TERMINAL) {
                out.print(CLEAR);
            }
            out.println(going);
            going = "";
        }
        out.println(text);
        out.flush();
        nextGoing = Instant.MIN;
    }

    private void going(String text) {
        if (kind == Kind.TERMINAL) {
            out.print(CLEAR + text);
            out.flush();
            going = text;
        } else if (clock.instant().isBefore(nextGoing)) {
            going = text; // too soon; shown when something else is said
        } else {
            out.println(text);
            out.flush();
            going = "";
            nextGoing = clock.instant().plus(PLAIN_PACE);
        }
    }
}
