package org.dreamboothactors.allreduce.mapped;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import org.dreamboothactors.allreduce.AllReduce;
import org.dreamboothactors.allreduce.Layout;
import org.dreamboothactors.allreduce.Member;
import org.dreamboothactors.allreduce.RingBroken;
import org.dreamboothactors.allreduce.RingBroken.Cause;
import org.dreamboothactors.allreduce.RingBroken.Kind;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ArrivalTest {
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final Duration SHORT = Duration.ofMillis(500);

    @TempDir
    Path folder = Path.of("");

    private Path file = Path.of("");

    @BeforeEach
    void nameTheFile() {
        file = folder.resolve("numbers");
    }

    @Test
    void aRankOfAnOlderAttemptIsRefusedAndTheOthersGoOnWithoutIt() {
        CompletableFuture<long[][]> zero = gathers(member(4, 0, "abc"));
        awaitFile();

        assertThatThrownBy(() -> MappedAllReduce.join(file, member(3, 1, "abc"), LONG))
                .asInstanceOf(type(RingBroken.class))
                .extracting(RingBroken::why)
                .extracting(Cause::kind, Cause::rank)
                .containsExactly(Kind.STALE, 1);
        CompletableFuture<long[][]> one = gathers(member(4, 1, "abc"));
        assertThat(zero).succeedsWithin(LONG).isEqualTo(new long[][] {{0}, {1}});
        assertThat(one).succeedsWithin(LONG).isEqualTo(new long[][] {{0}, {1}});
    }

    @Test
    void aFileThatAnOlderAttemptLeftIsNotTaken() throws IOException {
        SharedFile.create(file, member(3, 0, "abc"));
        CompletableFuture<long[][]> one = gathers(member(4, 1, "abc"));
        CompletableFuture<long[][]> zero = gathers(member(4, 0, "abc"));

        assertThat(zero).succeedsWithin(LONG).isEqualTo(new long[][] {{0}, {1}});
        assertThat(one).succeedsWithin(LONG).isEqualTo(new long[][] {{0}, {1}});
        assertThat(folder).isEmptyDirectory(); // it lives on in memory alone
    }

    @Test
    void ranksWithOtherLayoutsDoNotMeet() throws IOException {
        SharedFile.create(file, member(3, 0, "abc"));

        assertThatThrownBy(() -> MappedAllReduce.join(file, member(3, 1, "abd"), LONG))
                .isInstanceOf(RingBroken.class)
                .hasMessageContaining("layout");
    }

    @Test
    void aFileOfGarbageIsNotTaken() throws IOException {
        byte[] garbage = new byte[50_000];
        new SplittableRandom(1).nextBytes(garbage);
        Files.write(file, garbage);

        assertThatThrownBy(() -> MappedAllReduce.join(file, member(3, 1, "abc"), SHORT))
                .isInstanceOf(RingBroken.class);
    }

    @Test
    void aPlaceIsTakenOnce() throws IOException {
        Layout layout = new Layout(1000, "abc");
        Member first = new Member("zig", 3, 1, 3, layout);
        SharedFile.create(file, new Member("zig", 3, 0, 3, layout));
        SharedFile shared = SharedFile.map(file, first, Arena.ofAuto());
        assertThat(shared.claim(1, Cell.PROCESS, ProcessHandle.current().pid())).isTrue();

        assertThatThrownBy(() -> MappedAllReduce.join(file, first, LONG))
                .isInstanceOf(RingBroken.class)
                .hasMessageContaining("another process has this rank's place");
    }

    @Test
    void aRankThatNobodyJoinsSaysWhoIsMissing() {
        assertThatThrownBy(() -> MappedAllReduce.join(file, member(3, 0, "abc"), SHORT))
                .isInstanceOf(RingBroken.class)
                .hasMessageStartingWith("Cannot join the ranks of zig attempt 3: rank 1 of 2 did nothing in time");
    }

    private void awaitFile() {
        while (!Files.exists(file)) {
            Thread.onSpinWait();
        }
    }

    private CompletableFuture<long[][]> gathers(Member member) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try (AllReduce reduce = MappedAllReduce.join(file, member, LONG)) {
                        return reduce.gather(member.rank());
                    }
                },
                Executors.newThreadPerTaskExecutor(Thread.ofPlatform().daemon().factory()));
    }

    private static Member member(long attempt, int rank, String digest) {
        return new Member("zig", attempt, rank, 2, new Layout(1000, digest));
    }
}
