package org.dreamboothactors.deploy.progress;

import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * Shows lines: on a terminal the last one is redrawn while something goes on; elsewhere plain lines, not too many.
 * Control characters of others are replaced, so that no photo's name can play with the terminal.
 */
public final class Screen {
    private static final Duration PLAIN_PACE = Duration.ofSeconds(5);
    private static final String CLEAR = "\r\u001b[2K";
    /** Cuts a long line at the edge; on a second line it could not be redrawn. */
    private static final String NO_WRAP = "\u001b[?7l";

    private static final String WRAP = "\u001b[?7h";

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

    private final PrintWriter out;
    private final Kind kind;
    private final InstantSource clock;
    private Instant nextGoing = Instant.MIN;

    public Screen(PrintWriter out, Kind kind, InstantSource clock) {
        this.out = out;
        this.kind = kind;
        this.clock = clock;
    }

    public synchronized void show(String prefix, RunProgress.Line line) {
        switch (line) {
            case RunProgress.Going(var text) -> going(clean(prefix + text));
            case RunProgress.Fact(var text) -> print(prefix + text);
            case RunProgress.Over(var text, var _) -> print(prefix + text);
        }
    }

    /** Says what is waited for; only a terminal shows it, and the next line takes its place. */
    public synchronized void idle(String text) {
        if (kind == Kind.TERMINAL) {
            redraw(clean(text));
        }
    }

    /** Takes away what only says that something is waited for. */
    public synchronized void clear() {
        if (kind == Kind.TERMINAL) {
            out.print(CLEAR);
            out.flush();
        }
    }

    /** A line that stays; it takes the place of what was going on. */
    public synchronized void print(String text) {
        if (kind == Kind.TERMINAL) {
            out.print(CLEAR);
        }
        out.println(clean(text));
        out.flush();
    }

    private void going(String text) {
        if (kind == Kind.TERMINAL) {
            redraw(text);
        } else if (!clock.instant().isBefore(nextGoing)) {
            out.println(text);
            out.flush();
            nextGoing = clock.instant().plus(PLAIN_PACE);
        }
    }

    private void redraw(String text) {
        out.print(CLEAR + NO_WRAP + text + WRAP);
        out.flush();
    }

    private static String clean(String text) {
        StringBuilder clean = new StringBuilder(text.length());
        text.codePoints().forEach(c -> clean.appendCodePoint(Character.isISOControl(c) ? '?' : c));
        return clean.toString();
    }
}
