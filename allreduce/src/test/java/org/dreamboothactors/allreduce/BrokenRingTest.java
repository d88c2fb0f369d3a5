package org.dreamboothactors.allreduce;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.dreamboothactors.allreduce.Gang.Outcome;
import org.dreamboothactors.allreduce.RingBroken.Cause;
import org.dreamboothactors.allreduce.RingBroken.Kind;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(120)
class BrokenRingTest {
    private static final Duration PATIENCE = Duration.ofMillis(800);

    @TempDir
    Path folder = Path.of("");

    @ParameterizedTest
    @CsvSource({"MAPPED, 2", "MAPPED, 4", "TCP, 2", "TCP, 4"})
    void aLateRankEndsTheStepForAllWhoThenBlameIt(Transport transport, int ranks) throws InterruptedException {
        int late = ranks - 1;
        CountDownLatch ended = new CountDownLatch(ranks - 1);
        List<Outcome<String>> outcomes = Gang.play(Gang.seats(transport, ranks, 100_000, folder, PATIENCE), reduce -> {
            reduce.sum(0, 1000);
            if (reduce.member().rank() == late) {
                ended.await(20, TimeUnit.SECONDS);
            }
            try {
                reduce.sum(0, 100_000);
                return "summed";
            } finally {
                ended.countDown();
            }
        });

        for (int rank = 0; rank < late; rank++) {
            Cause cause = outcomes.get(rank).broken();
            assertThat(cause.kind()).isEqualTo(Kind.LATE);
            assertThat(cause.rank()).isEqualTo(late);
            assertThat(cause.bucket()).isEqualTo(2);
            assertThat(cause.waited()).isBetween(PATIENCE, PATIENCE.multipliedBy(3));
        }
        assertThat(outcomes.get(late).broken().bucket()).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource({"MAPPED, 2", "MAPPED, 4", "TCP, 2", "TCP, 4"})
    void aRankThatLeavesEndsTheStepForAllAtOnce(Transport transport, int ranks) throws InterruptedException {
        Duration longPatience = Duration.ofSeconds(30);
        long begun = System.nanoTime();
        List<Outcome<String>> outcomes =
                Gang.play(Gang.seats(transport, ranks, 100_000, folder, longPatience), reduce -> {
                    reduce.sum(0, 1000);
                    if (reduce.member().rank() == 1) {
                        return "left";
                    }
                    reduce.sum(0, 100_000);
                    return "summed";
                });

        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(10));
        for (int rank = 0; rank < ranks; rank++) {
            if (rank != 1) {
                Cause cause = outcomes.get(rank).broken();
                assertThat(cause.kind()).isEqualTo(Kind.LOST);
                assertThat(cause.rank()).isEqualTo(1);
                assertThat(cause.bucket()).isEqualTo(2);
            }
        }
    }
}
