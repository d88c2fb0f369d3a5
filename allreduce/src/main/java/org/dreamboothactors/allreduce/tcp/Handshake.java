package org.dreamboothactors.allreduce.tcp;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.dreamboothactors.allreduce.Layout;
import org.dreamboothactors.allreduce.Member;

/** The first words on a connection: who calls, and what the other says to it. Bounded, whatever the other side sends. */
final class Handshake {
    static final int ANSWER_BYTES = Long.BYTES + 1;
    private static final long MAGIC = 0x4442_5249_4e47_0002L; // "DBRING", version 2 of words and frames

    private Handshake() {}

    /** What a called rank says. */
    enum Answer {
        WELCOME('w'),
        /** The caller is of an older attempt. */
        STALE('s'),
        /** The called one is of an older attempt, and will soon be gone. */
        NOT_YET('n'),
        /** Another run, number of ranks, layout, or not the predecessor. */
        DIFFERENT('d');

        private final char letter;

        Answer(char letter) {
            this.letter = letter;
        }
    }

    static void introduce(Member me, DataOutputStream out) throws IOException {
        out.writeLong(MAGIC);
        out.writeUTF(me.run());
        out.writeLong(me.attempt());
        out.writeInt(me.rank());
        out.writeInt(me.ranks());
        out.writeLong(me.layout().floats());
        out.writeUTF(me.layout().digest());
        out.flush();
    }

    /** Who calls; throws {@link IOException} where that is no rank. */
    static Member caller(DataInputStream in) throws IOException {
        long magic = in.readLong();
        if (magic != MAGIC) {
            throw new IOException("it begins with " + Long.toHexString(magic));
        }
        String run = in.readUTF();
        long attempt = in.readLong();
        int rank = in.readInt();
        int ranks = in.readInt();
        long floats = in.readLong();
        try {
            return new Member(run, attempt, rank, ranks, new Layout(floats, in.readUTF()));
        } catch (IllegalArgumentException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /** What {@code me} says to {@code caller}. */
    static Answer answer(Member me, Member caller) {
        if (!caller.run().equals(me.run())) {
            return Answer.DIFFERENT;
        }
        if (caller.attempt() != me.attempt()) {
            return caller.attempt() < me.attempt() ? Answer.STALE : Answer.NOT_YET;
        }
        boolean fits = caller.ranks() == me.ranks()
                && caller.rank() == me.after(-1)
                && caller.layout().equals(me.layout());
        return fits ? Answer.WELCOME : Answer.DIFFERENT;
    }

    static void tell(Answer answer, DataOutputStream out) throws IOException {
        out.writeLong(MAGIC);
        out.writeByte(answer.letter);
        out.flush();
    }

    /** Reads what {@link #tell} wrote. */
    static Answer told(byte[] words) throws IOException {
        ByteBuffer read = ByteBuffer.wrap(words);
        long magic = read.getLong();
        int letter = read.get();
        return Arrays.stream(Answer.values())
                .filter(answer -> magic == MAGIC && answer.letter == letter)
                .findFirst()
                .orElseThrow(() -> new IOException("it answers " + Long.toHexString(magic) + " " + letter));
    }
}
