package org.dreamboothactors.allreduce.tcp;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.dreamboothactors.allreduce.AllReduce;
import org.dreamboothactors.allreduce.Chunks;
import org.dreamboothactors.allreduce.Member;

/**
 * All-reduce over a ring of connections (Patarasuk and Yuan 2009): in n - 1 steps each chunk goes round and is summed, in
 * n - 1 more its sum goes round. A rank sends on what has come in while the rest of the chunk is still on its way.
 */
final class TcpAllReduce implements AllReduce {
    private static final long ALIGNMENT = 64;

    private final Arena arena;
    private final Member member;
    private final MemorySegment numbers;
    private final MemorySegment gathered;
    private final Ring ring;

    private TcpAllReduce(Arena arena, Member member, Ring ring) {
        this.arena = arena;
        this.member = member;
        this.ring = ring;
        numbers = arena.allocate(member.layout().floats() * Float.BYTES, ALIGNMENT);
        gathered = arena.allocate((long) MOST_GATHERED * member.ranks() * Long.BYTES, ALIGNMENT);
    }

    @SuppressWarnings("MustBeClosedChecker") // closed with the rank
    static TcpAllReduce over(Meeting.Neighbours neighbours, Member member, Duration patience) {
        return new TcpAllReduce(Arena.ofShared(), member, Ring.over(neighbours, member, patience));
    }

    @Override
    public Member member() {
        return member;
    }

    @Override
    public MemorySegment numbers() {
        return numbers;
    }

    @Override
    public void sum(long offset, long floats) {
        Chunks chunks = Chunks.of(member, offset, floats);
        List<Part> out = new ArrayList<>();
        List<Part> in = new ArrayList<>();
        for (int step = 0; step < 2 * (member.ranks() - 1); step++) {
            out.add(chunk(chunks, member.after(-step)));
            in.add(chunk(chunks, member.after(-step - 1)));
        }
        ring.turn(out, in, member.ranks() - 1);
    }

    @Override
    public long[][] gather(long... mine) {
        if (mine.length > MOST_GATHERED) {
            throw new IllegalArgumentException(
                    "Cannot gather " + mine.length + " numbers, expected at most " + MOST_GATHERED);
        }
        long bytes = (long) mine.length * Long.BYTES;
        MemorySegment.copy(mine, 0, gathered, ValueLayout.JAVA_LONG, member.rank() * bytes, mine.length);
        List<Part> out = new ArrayList<>();
        List<Part> in = new ArrayList<>();
        for (int step = 0; step < member.ranks() - 1; step++) {
            out.add(saidBy(member.after(-step), bytes));
            in.add(saidBy(member.after(-step - 1), bytes));
        }
        ring.turn(out, in, 0);
        long[][] said = new long[member.ranks()][];
        for (int rank = 0; rank < said.length; rank++) {
            said[rank] = saidBy(rank, bytes).bytes().toArray(ValueLayout.JAVA_LONG);
        }
        return said;
    }

    private Part chunk(Chunks chunks, int chunk) {
        long start = chunks.start(chunk) * Float.BYTES;
        return new Part(numbers.asSlice(start, chunks.length(chunk) * Float.BYTES), start);
    }

    /** At positions after those of all numbers. */
    private Part saidBy(int rank, long bytes) {
        return new Part(gathered.asSlice(rank * bytes, bytes), numbers.byteSize() + rank * bytes);
    }

    @Override
    public void close() {
        ring.close();
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }
}
