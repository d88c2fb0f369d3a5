package org.dreamboothactors.allreduce.tcp;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.List;
import org.dreamboothactors.allreduce.Member;
import org.dreamboothactors.allreduce.RingBroken;
import org.dreamboothactors.allreduce.RingBroken.Cause;
import org.dreamboothactors.allreduce.RingBroken.Kind;

/** Moves parts to the next rank and from the previous one at once, and knows who is to blame when nothing moves. */
final class Ring implements AutoCloseable {
    private static final long LOOK_MILLIS = 50;
    /** Waits that are shorter, as most are, cost less than to sleep and be woken. */
    private static final long SPIN_NANOS = 200_000;

    /** How often a predecessor may say that it waits as well. */
    private static final int EXCUSES = 2;

    private final Member me;
    private final Duration patience;
    private final Meeting.Neighbours neighbours;
    private final Selector selector;
    private final SelectionKey fromPrevious;
    private final SelectionKey fromNext;
    private final Successor next;
    private final Predecessor previous;
    private long calls;

    private Ring(Meeting.Neighbours neighbours, Member me, Duration patience) throws IOException {
        this.me = me;
        this.patience = patience;
        this.neighbours = neighbours;
        selector = Selector.open();
        fromPrevious = neighbours.previous().register(selector, SelectionKey.OP_READ);
        fromNext = neighbours.next().register(selector, SelectionKey.OP_READ);
        next = new Successor(neighbours.next());
        previous = new Predecessor(neighbours.previous());
    }

    static Ring over(Meeting.Neighbours neighbours, Member me, Duration patience) {
        try {
            return new Ring(neighbours, me, patience);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot watch the connections of a ring: " + e.getMessage(), e);
        }
    }

    /**
     * Sends parts in their order, and receives others. Part i + 1 that goes out is part i that comes in.
     *
     * @param adding that many incoming parts are added to what is there, the others replace it
     */
    void turn(List<Part> out, List<Part> in, int adding) {
        calls++;
        next.begin(out, calls);
        previous.begin(in, adding, calls);
        long lastMoved = System.nanoTime();
        long progress = 0;
        int excuses = 0;
        boolean asked = false;
        while (!next.isDone() || !previous.isDone()) {
            boolean again = moved();
            if (next.sentBytes() + previous.receivedBytes() > progress) { // questions and answers do not count
                progress = next.sentBytes() + previous.receivedBytes();
                lastMoved = System.nanoTime();
                excuses = 0;
                asked = false;
            }
            if (again) {
                continue;
            }
            long silentNanos = System.nanoTime() - lastMoved;
            if (silentNanos < SPIN_NANOS) {
                Thread.onSpinWait();
                continue;
            }
            Duration silent = Duration.ofNanos(silentNanos);
            if (asked && previous.takeExcuse() && excuses < EXCUSES) {
                excuses++;
                asked = false;
                lastMoved = System.nanoTime();
            } else if (silent.compareTo(patience.plus(grace())) > 0) {
                throw tell(new Cause(Kind.LATE, previous.isDone() ? me.after(1) : me.after(-1), calls, silent), "");
            } else if (!asked && silent.compareTo(patience) > 0 && !previous.isDone()) {
                previous.ask();
                asked = true;
            }
            await();
        }
    }

    private boolean moved() {
        boolean moved = false;
        try {
            moved |= previous.pull();
        } catch (IOException e) {
            throw tell(previous.trouble(e, me.after(-1), calls), String.valueOf(e.getMessage()));
        }
        try {
            moved |= next.push(previous.receivedParts(), previous.receivedOfPart());
        } catch (IOException e) {
            throw tell(next.trouble(e, me.after(1), calls), String.valueOf(e.getMessage()));
        }
        return moved;
    }

    private void await() {
        try {
            int write = SelectionKey.OP_WRITE;
            fromPrevious.interestOps(
                    (previous.isDone() ? 0 : SelectionKey.OP_READ) | (previous.hasWords() ? write : 0));
            fromNext.interestOps((next.isGone() ? 0 : SelectionKey.OP_READ) | (next.hasWords() ? write : 0));
            selector.select(_ -> {}, LOOK_MILLIS);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot watch the connections of a ring: " + e.getMessage(), e);
        }
    }

    private Duration grace() {
        Duration share = patience.dividedBy(4);
        return share.compareTo(Duration.ofSeconds(5)) < 0 ? share : Duration.ofSeconds(5);
    }

    /** Tells both neighbours, as far as they listen. */
    private RingBroken tell(Cause cause, String detail) {
        previous.tell(cause);
        next.tell(cause);
        return new RingBroken(me, cause, detail);
    }

    @Override
    public void close() {
        try (selector;
                var _ = neighbours.previous();
                var _ = neighbours.next()) {
            selector.wakeup();
        } catch (IOException e) {
            // The connections are of no use either way.
        }
    }
}
