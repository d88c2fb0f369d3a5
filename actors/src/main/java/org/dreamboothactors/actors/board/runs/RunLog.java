package org.dreamboothactors.actors.board.runs;

import java.util.ArrayDeque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.dreamboothactors.actors.board.runs.RunDetail.LogLine;
import org.dreamboothactors.protocol.v1.RunEvent;

/** The last facts of one run in lines, and which facts were told already. Not thread-safe. */
final class RunLog {
    private final ArrayDeque<LogLine> lines = new ArrayDeque<>();
    private final Set<String> told = new LinkedHashSet<>();
    private long forgotten;

    /** Whether this fact is new; progress always is. */
    boolean isNew(RunEvent event) {
        if (event.getEventId().isEmpty() || event.hasStepProgress()) {
            return true;
        }
        boolean isNew = told.add(event.getEventId());
        if (told.size() > Limits.EVENT_IDS) {
            told.remove(told.iterator().next());
        }
        return isNew;
    }

    void add(long seq, RunEvent event) {
        EventText.of(event).ifPresent(line -> lines.add(new LogLine(seq, event.getAtMs(), line.kind(), line.text())));
        if (lines.size() > Limits.LOG_LINES) {
            lines.removeFirst();
            forgotten++;
        }
    }

    List<LogLine> after(long seq) {
        return lines.stream().filter(line -> line.seq() > seq).toList();
    }

    long forgotten() {
        return forgotten;
    }
}
