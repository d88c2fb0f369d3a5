package org.dreamboothactors.allreduce.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.dreamboothactors.allreduce.AllReduce;
import org.dreamboothactors.allreduce.Layout;
import org.dreamboothactors.allreduce.Member;
import org.dreamboothactors.allreduce.RingBroken;
import org.dreamboothactors.allreduce.RingBroken.Cause;
import org.dreamboothactors.allreduce.RingBroken.Kind;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class MeetingTest {
    private static final InetAddress HERE = InetAddress.getLoopbackAddress();
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final Duration SHORT = Duration.ofMillis(700);
    private static final Layout LAYOUT = new Layout(1000, "abc");

    private final TcpDoor first = TcpDoor.open(HERE);
    private final TcpDoor second = TcpDoor.open(HERE);
    private final TcpDoor third = TcpDoor.open(HERE);

    @AfterEach
    void closeDoors() {
        first.close();
        second.close();
        third.close();
    }

    @Test
    void aRankOfAnOlderAttemptIsRefusedAndTheOthersGoOnWithoutIt() {
        CompletableFuture<long[][]> zero = gathers(first, member(4, 0), second.address(), LONG);

        assertThatThrownBy(() -> third.join(member(3, 1), first.address(), LONG))
                .asInstanceOf(type(RingBroken.class))
                .extracting(RingBroken::why)
                .extracting(Cause::kind, Cause::rank)
                .containsExactly(Kind.STALE, 1);
        CompletableFuture<long[][]> one = gathers(second, member(4, 1), first.address(), LONG);
        assertThat(zero.join()).isDeepEqualTo(new long[][] {{0}, {1}});
        assertThat(one.join()).isDeepEqualTo(new long[][] {{0}, {1}});
    }

    @Test
    void aRankThatIsCalledByANewerAttemptKnowsItIsStale() {
        CompletableFuture<long[][]> newer = gathers(second, member(4, 1), first.address(), SHORT.multipliedBy(3));

        assertThatThrownBy(() -> first.join(member(3, 0), second.address(), LONG))
                .asInstanceOf(type(RingBroken.class))
                .extracting(error -> error.why().kind())
                .isEqualTo(Kind.STALE);
        assertThat(newer).failsWithin(LONG);
    }

    @Test
    void ranksWithOtherLayoutsDoNotMeet() {
        Member other = new Member("zig", 3, 1, 2, new Layout(1000, "abd"));
        CompletableFuture<long[][]> zero = gathers(first, member(3, 0), second.address(), SHORT);

        assertThatThrownBy(() -> second.join(other, first.address(), LONG))
                .isInstanceOf(RingBroken.class)
                .hasMessageContaining("rank 0 of 2 does something else")
                .hasMessageContaining("layout");
        assertThat(zero).failsWithin(LONG);
    }

    @Test
    void garbageAtTheDoorIsSentAway() throws Exception {
        CompletableFuture<long[][]> zero = gathers(first, member(3, 0), second.address(), LONG);
        byte[] garbage = new byte[5000];
        for (int caller = 0; caller < 10; caller++) {
            new SplittableRandom(caller).nextBytes(garbage);
            try (Socket socket = new Socket(HERE, first.address().getPort())) {
                socket.getOutputStream().write(garbage);
            } catch (IOException e) {
                // Sent away while it was still talking.
            }
        }
        try (Socket silent = new Socket(HERE, first.address().getPort())) {
            CompletableFuture<long[][]> one = gathers(second, member(3, 1), first.address(), LONG);

            assertThat(zero.get(20, TimeUnit.SECONDS)).isDeepEqualTo(new long[][] {{0}, {1}});
            assertThat(one.get(20, TimeUnit.SECONDS)).isDeepEqualTo(new long[][] {{0}, {1}});
            assertThat(silent.isConnected()).isTrue();
        }
    }

    /** A neighbour that knows the handshake and then says anything at all. */
    @Test
    void garbageInTheRingEndsIt() throws Exception {
        try (ServerSocket liar = new ServerSocket(0, 1, HERE);
                Socket calls = new Socket(HERE, first.address().getPort())) {
            CompletableFuture<long[][]> zero =
                    gathers(first, member(3, 0), new InetSocketAddress(HERE, liar.getLocalPort()), LONG);
            Socket called = liar.accept();
            Handshake.introduce(member(3, 1), new DataOutputStream(calls.getOutputStream()));
            assertThat(Handshake.told(calls.getInputStream().readNBytes(Handshake.ANSWER_BYTES)))
                    .isEqualTo(Handshake.Answer.WELCOME);
            Handshake.tell(Handshake.Answer.WELCOME, new DataOutputStream(called.getOutputStream()));
            byte[] garbage = new byte[64];
            new SplittableRandom(1).nextBytes(garbage);
            calls.getOutputStream().write(garbage);

            assertThat(zero)
                    .failsWithin(LONG)
                    .withThrowableOfType(ExecutionException.class)
                    .withCauseInstanceOf(RingBroken.class)
                    .withMessageContaining("rank 1 of 2 does something else")
                    .withMessageContaining("frame");
        }
    }

    @Test
    void aRankThatNobodyJoinsSaysWhoIsMissing() {
        assertThatThrownBy(() -> first.join(member(3, 0), second.address(), SHORT))
                .isInstanceOf(RingBroken.class)
                .hasMessageStartingWith("Cannot join the ranks of zig attempt 3: rank 1 of 2 did nothing in time");
    }

    private static Member member(long attempt, int rank) {
        return new Member("zig", attempt, rank, 2, LAYOUT);
    }

    private static CompletableFuture<long[][]> gathers(
            TcpDoor door, Member member, InetSocketAddress next, Duration patience) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try (AllReduce reduce = door.join(member, next, patience)) {
                        return reduce.gather(member.rank());
                    }
                },
                Executors.newThreadPerTaskExecutor(Thread.ofPlatform().daemon().factory()));
    }
}
