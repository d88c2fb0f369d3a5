package org.dreamboothactors.allreduce;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.dreamboothactors.allreduce.Gang.Outcome;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(120)
class SumsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir
    Path folder = Path.of("");

    @ParameterizedTest
    @CsvSource({
        "MAPPED, 1, 1000",
        "MAPPED, 2, 1",
        "MAPPED, 2, 100003",
        "MAPPED, 3, 17",
        "MAPPED, 3, 99991",
        "MAPPED, 4, 65536",
        "MAPPED, 8, 5",
        "MAPPED, 8, 70001",
        "TCP, 1, 1000",
        "TCP, 2, 1",
        "TCP, 2, 1000003",
        "TCP, 3, 17",
        "TCP, 3, 2500007",
        "TCP, 4, 65536",
        "TCP, 8, 5",
        "TCP, 8, 4300001"
    })
    void everyRankHasTheBitsOfASequentialSumInTheRingsOrder(Transport transport, int ranks, int floats)
            throws InterruptedException {
        List<Outcome<float[]>> sums = Gang.play(Gang.seats(transport, ranks, floats, folder, PATIENCE), reduce -> {
            Gang.fill(reduce, Gang.numbers(floats, 7, reduce.member().rank()));
            reduce.sum(0, floats);
            return Gang.content(reduce);
        });

        float[] expected = inTheRingsOrder(ranks, 0, floats, floats, 7);
        assertThat(sums).allSatisfy(sum -> assertThat(sum.value()).isEqualTo(expected));
    }

    @ParameterizedTest
    @CsvSource({"MAPPED, 2", "MAPPED, 3", "MAPPED, 8", "TCP, 2", "TCP, 3", "TCP, 8"})
    void bucketsAreSummedOneAfterTheOtherAndLeaveTheRestAlone(Transport transport, int ranks)
            throws InterruptedException {
        int floats = 50_000;
        List<Outcome<float[]>> sums = Gang.play(Gang.seats(transport, ranks, floats, folder, PATIENCE), reduce -> {
            Gang.fill(reduce, Gang.numbers(floats, 1, reduce.member().rank()));
            reduce.sum(0, 20_001);
            reduce.sum(20_001, 0);
            reduce.sum(40_000, 10_000);
            return Gang.content(reduce);
        });

        for (int rank = 0; rank < ranks; rank++) {
            float[] found = sums.get(rank).value();
            float[] own = Gang.numbers(floats, 1, rank);
            assertThat(Arrays.copyOfRange(found, 20_001, 40_000)).isEqualTo(Arrays.copyOfRange(own, 20_001, 40_000));
            assertThat(Arrays.copyOfRange(found, 0, 20_001)).isEqualTo(inTheRingsOrder(ranks, 0, 20_001, floats, 1));
            assertThat(Arrays.copyOfRange(found, 40_000, floats))
                    .isEqualTo(inTheRingsOrder(ranks, 40_000, 10_000, floats, 1));
        }
    }

    /** Many small calls with ranks that come late by turns: timing must not show. */
    @ParameterizedTest
    @CsvSource({"MAPPED, 3", "TCP, 3", "MAPPED, 4", "TCP, 4"})
    void repeatedRunsEndInTheSameBitsWhateverTheTiming(Transport transport, int ranks) throws InterruptedException {
        float[] first = lastOf(rounds(transport, ranks, 0));
        for (int run = 1; run < 4; run++) {
            float[] again = lastOf(rounds(transport, ranks, run));
            assertThat(again).isEqualTo(first);
        }
    }

    private List<Outcome<float[]>> rounds(Transport transport, int ranks, int run) throws InterruptedException {
        int floats = 3_001;
        return Gang.play(Gang.seats(transport, ranks, floats, folder, PATIENCE), reduce -> {
            float[] state = Gang.numbers(floats, 5, reduce.member().rank());
            for (int round = 0; round < 40; round++) {
                if ((round + run) % ranks == reduce.member().rank()) {
                    Thread.sleep(1 + run);
                }
                Gang.fill(reduce, state);
                reduce.sum(0, floats);
                float[] sum = Gang.content(reduce);
                for (int i = 0; i < floats; i++) {
                    state[i] = state[i] * 0.5f + sum[i] * 0.3f;
                }
            }
            Gang.fill(reduce, state);
            reduce.sum(0, floats);
            return Gang.content(reduce);
        });
    }

    private static float[] lastOf(List<Outcome<float[]>> all) {
        for (Outcome<float[]> outcome : all) {
            assertThat(outcome.value()).isEqualTo(all.getFirst().value());
        }
        return all.getFirst().value();
    }

    @ParameterizedTest
    @CsvSource({"MAPPED, 1", "MAPPED, 3", "TCP, 1", "TCP, 3", "TCP, 8"})
    void everyRankHearsWhatEachSaid(Transport transport, int ranks) throws InterruptedException {
        List<Outcome<long[][]>> heard = Gang.play(Gang.seats(transport, ranks, 10, folder, PATIENCE), reduce -> {
            var _ = reduce.gather(1, 2, 3);
            return reduce.gather(reduce.member().rank(), -5);
        });

        for (Outcome<long[][]> outcome : heard) {
            long[][] said = outcome.value();
            assertThat(said).hasDimensions(ranks, 2);
            for (int rank = 0; rank < ranks; rank++) {
                assertThat(said[rank]).containsExactly(rank, -5);
            }
        }
    }

    private static float[] inTheRingsOrder(int ranks, int offset, int length, int floats, long seed) {
        float[][] all = new float[ranks][];
        for (int rank = 0; rank < ranks; rank++) {
            all[rank] = Gang.numbers(floats, seed, rank);
        }
        Chunks chunks = new Chunks(offset, length, ranks);
        float[] sum = new float[length];
        for (int chunk = 0; chunk < ranks; chunk++) {
            for (long i = chunks.start(chunk); i < chunks.start(chunk) + chunks.length(chunk); i++) {
                float value = all[chunk][(int) i];
                for (int step = 1; step < ranks; step++) {
                    value += all[(chunk + step) % ranks][(int) i];
                }
                sum[(int) i - offset] = value;
            }
        }
        return sum;
    }
}
