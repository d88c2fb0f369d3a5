package org.dreamboothactors.actors.board.runs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dreamboothactors.actors.board.runs.CatFacts.fact;
import static org.dreamboothactors.actors.board.runs.CatFacts.progress;
import static org.dreamboothactors.actors.board.runs.CatFacts.requested;
import static org.dreamboothactors.actors.board.runs.CatFacts.samples;

import java.util.List;
import java.util.stream.IntStream;
import org.dreamboothactors.actors.board.runs.RunDetail.LogLine;
import org.dreamboothactors.protocol.v1.RunEvent;
import org.dreamboothactors.protocol.v1.RunFailed;
import org.dreamboothactors.protocol.v1.RunReady;
import org.dreamboothactors.protocol.v1.WorkFailed;
import org.junit.jupiter.api.Test;

/** What is kept of runs without end. */
class RunLimitsTest {
    private final RunViews runs = new RunViews();

    @Test
    void thinsALongCurveAndKeepsItsEnds() {
        runs.hear(requested("cat"));
        int steps = 3 * Limits.POINTS;
        IntStream.rangeClosed(1, steps).forEach(step -> runs.hear(progress(1, step)));

        List<Point> points = detail(0, 0).points();
        assertThat(points).hasSizeBetween(Limits.POINTS / 2, Limits.POINTS);
        assertThat(points.getFirst().step()).isEqualTo(1);
        assertThat(points.getLast().step()).isGreaterThan(steps - 10);
        assertThat(summary().progress()).map(Point::step).contains((long) steps);
    }

    @Test
    void forgetsOldLinesAndCountsThem() {
        runs.hear(requested("cat"));
        IntStream.range(0, Limits.LOG_LINES + 9)
                .forEach(i -> runs.hear(fact("w" + i)
                        .setWorkFailed(WorkFailed.newBuilder().setReason("try " + i))
                        .build()));

        RunDetail detail = detail(0, 0);
        assertThat(detail.log()).hasSize(Limits.LOG_LINES);
        assertThat(detail.log().getLast())
                .extracting(LogLine::text)
                .asString()
                .endsWith("try " + (Limits.LOG_LINES + 8));
        assertThat(detail.olderLines()).isEqualTo(10);
    }

    @Test
    void keepsTheBaseModelsSamplesAndTheNewest() {
        runs.hear(requested("cat"));
        int rounds = Limits.SAMPLES / 8 + 5;
        IntStream.range(0, rounds)
                .forEach(i -> runs.hear(
                        fact("s" + i).setSamplesReady(samples(i, i, 8)).build()));

        RunDetail.Gallery gallery = detail(0, 0).gallery().orElseThrow();
        assertThat(gallery.rounds()).hasSize(Limits.SAMPLES / 8);
        assertThat(gallery.rounds().getFirst().step()).isZero();
        assertThat(gallery.rounds().getLast().step()).isEqualTo(rounds - 1);
        assertThat(gallery.samplesLeftOut()).isEqualTo(40);
        assertThat(runs.picture("samples/1/0")).isEmpty();
        assertThat(runs.picture("samples/0/0")).isPresent();
    }

    @Test
    void forgetsRunsThatEndedLongestAgoFirst() {
        runs.hear(requested("open"));
        IntStream.range(0, Limits.RUNS).forEach(i -> {
            runs.hear(requested("run-" + i));
            runs.hear(RunEvent.newBuilder()
                    .setRunId("run-" + i)
                    .setEventId("ready")
                    .setAtMs(1_000 + i)
                    .setReady(RunReady.getDefaultInstance())
                    .build());
        });

        assertThat(runs.summaries()).hasSize(Limits.RUNS);
        assertThat(runs.summary("open")).isPresent();
        assertThat(runs.summary("run-0")).isEmpty();
        assertThat(runs.takeChanges().gone()).containsExactly("run-0");
    }

    @Test
    void cutsTextsOfAnyLength() {
        runs.hear(requested("cat"));
        runs.hear(fact("f")
                .setFailed(RunFailed.newBuilder().setReason("x".repeat(1 << 20)))
                .build());

        assertThat(summary().reason()).hasSize(Limits.TEXT + 1);
        assertThat(detail(0, 0).log().getLast().text()).hasSize(Limits.TEXT + 1);
    }

    private RunSummary summary() {
        return runs.summary("cat").orElseThrow();
    }

    private RunDetail detail(long after, long generation) {
        return runs.detail("cat", after, generation).orElseThrow();
    }
}
