package org.dreamboothactors.allreduce.mapped;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.IntPredicate;
import org.dreamboothactors.allreduce.Member;
import org.dreamboothactors.allreduce.RingBroken;
import org.dreamboothactors.allreduce.RingBroken.Cause;
import org.dreamboothactors.allreduce.RingBroken.Kind;

/** Waits for the other ranks. Who finds one that is gone or late tells all. */
final class Others {
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(50);

    private final SharedFile shared;
    private final Member member;
    private final Duration patience;

    Others(SharedFile shared, Member member, Duration patience) {
        this.shared = shared;
        this.member = member;
        this.patience = patience;
    }

    void awaitArrival() {
        await(0, rank -> shared.counter(rank, Cell.PROCESS) != 0);
    }

    /** Waits until the counter of every rank has come to {@code call}. */
    void await(Cell cell, long call) {
        await(call, rank -> shared.counter(rank, cell) >= call);
    }

    /** Throws where another rank sums another range in this call. */
    void compare(long call, long offset, long floats) {
        for (int rank = 0; rank < member.ranks(); rank++) {
            if (shared.counter(rank, Cell.OFFSET) != offset || shared.counter(rank, Cell.FLOATS) != floats) {
                throw tell(new Cause(Kind.DIFFERENT, rank, call, Duration.ZERO));
            }
        }
    }

    private void await(long call, IntPredicate there) {
        Pause pause = new Pause();
        Duration nextLook = BETWEEN_LOOKS;
        for (int rank = 0; rank < member.ranks(); rank++) {
            while (!there.test(rank)) {
                told();
                pause.longer();
                Duration waited = pause.waited();
                if (waited.compareTo(nextLook) > 0) {
                    nextLook = waited.plus(BETWEEN_LOOKS);
                    look(call, waited, there);
                }
            }
        }
    }

    /** Looks who of those that are awaited is to blame: first who is gone, then who is late. */
    private void look(long call, Duration waited, IntPredicate there) {
        for (int rank = 0; rank < member.ranks(); rank++) {
            if (!there.test(rank) && isGone(rank) && !there.test(rank)) { // it may have done its part and left
                throw tell(new Cause(Kind.LOST, rank, call, waited));
            }
        }
        for (int rank = 0; rank < member.ranks(); rank++) {
            if (waited.compareTo(patience) > 0 && !there.test(rank)) {
                throw tell(new Cause(Kind.LATE, rank, call, waited));
            }
        }
    }

    private boolean isGone(int rank) {
        long process = shared.counter(rank, Cell.PROCESS);
        if (process == 0) {
            return false; // not there yet
        }
        long started = shared.counter(rank, Cell.PROCESS_START);
        Optional<ProcessHandle> alive = ProcessHandle.of(process)
                .filter(handle -> handle.isAlive()
                        && handle.info()
                                        .startInstant()
                                        .map(Instant::toEpochMilli)
                                        .orElse(started)
                                == started);
        return alive.isEmpty() || shared.counter(rank, Cell.LEFT) != 0;
    }

    /** The first cause stands, for all. */
    private RingBroken tell(Cause cause) {
        if (shared.claim(0, Cell.BROKEN, cause.kind().code())) {
            shared.count(0, Cell.BROKEN_RANK, cause.rank());
            shared.count(0, Cell.BROKEN_BUCKET, cause.bucket());
            shared.count(0, Cell.BROKEN_NANOS, cause.waited().toNanos());
            shared.count(0, Cell.BROKEN_TOLD, 1);
        } else {
            Pause pause = new Pause();
            while (pause.waited().compareTo(BETWEEN_LOOKS) < 0) {
                told();
                pause.longer();
            }
        }
        return new RingBroken(member, cause); // also where who was first ended in the middle of telling
    }

    private void told() {
        if (shared.counter(0, Cell.BROKEN_TOLD) != 0) {
            throw new RingBroken(
                    member,
                    new Cause(
                            Kind.of(shared.counter(0, Cell.BROKEN)).orElse(Kind.LOST),
                            Math.toIntExact(shared.counter(0, Cell.BROKEN_RANK)),
                            shared.counter(0, Cell.BROKEN_BUCKET),
                            Duration.ofNanos(shared.counter(0, Cell.BROKEN_NANOS))));
        }
    }
}
