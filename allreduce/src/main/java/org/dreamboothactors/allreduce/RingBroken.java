package org.dreamboothactors.allreduce;

import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** The ranks cannot go on together: the step is lost for all of them, and all hear of the same cause. */
public final class RingBroken extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient Cause why;

    /** What is wrong with a rank. */
    public enum Kind {
        /** Its process or its connection ended. */
        LOST(1),
        /** It was there and did nothing for longer than the ranks wait. */
        LATE(2),
        /** It belongs to an older attempt. */
        STALE(3),
        /** It is of another run, has another layout, or sums another bucket: ranks run different programs. */
        DIFFERENT(4);

        private final int code;

        Kind(int code) {
            this.code = code;
        }

        /** What ranks tell each other; never 0. */
        public int code() {
            return code;
        }

        /** The kind with a code; empty where there is none. */
        public static Optional<Kind> of(long code) {
            return Arrays.stream(values()).filter(kind -> kind.code == code).findFirst();
        }
    }

    /**
     * Why the ranks cannot go on.
     *
     * @param rank that is to blame
     * @param bucket number of the call to {@code sum} or {@code gather}, from 1; 0 while the ranks gather
     * @param waited until it was found
     */
    public record Cause(Kind kind, int rank, long bucket, Duration waited) {}

    public RingBroken(Member member, Cause why) {
        this(member, why, "");
    }

    /** With what else is known, e.g. the text of an I/O error. */
    public RingBroken(Member member, Cause why, String detail) {
        super(text(member, why) + (detail.isEmpty() ? "" : ": " + detail));
        this.why = why;
    }

    public Cause why() {
        return why;
    }

    private static String text(Member member, Cause why) {
        String what = why.bucket() == 0 ? "join the ranks" : "sum bucket " + why.bucket();
        return String.format(
                Locale.ROOT,
                "Cannot %s of %s attempt %d: rank %d of %d %s, waited %.3f s",
                what,
                member.run(),
                member.attempt(),
                why.rank(),
                member.ranks(),
                switch (why.kind()) {
                    case LOST -> "is gone";
                    case LATE -> "did nothing in time";
                    case STALE -> "is of an older attempt";
                    case DIFFERENT -> "does something else";
                },
                why.waited().toNanos() / 1e9);
    }
}
