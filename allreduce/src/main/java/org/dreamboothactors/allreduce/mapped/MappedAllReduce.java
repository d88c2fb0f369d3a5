package org.dreamboothactors.allreduce.mapped;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.dreamboothactors.allreduce.AllReduce;
import org.dreamboothactors.allreduce.Chunks;
import org.dreamboothactors.allreduce.Member;
import org.dreamboothactors.allreduce.Tile;

/**
 * All-reduce between processes of one machine. The numbers lie in a file that all map: each rank sums its chunk of all
 * ranks' numbers and writes it to all of them, so that no number is copied on the way.
 */
public final class MappedAllReduce implements AllReduce {
    private final Arena arena;
    private final SharedFile shared;
    private final Member member;
    private final Others others;
    private final MemorySegment[] regions;
    private final Tile tile = new Tile();
    private long calls;

    private MappedAllReduce(Arena arena, SharedFile shared, Member member, Others others) {
        this.arena = arena;
        this.shared = shared;
        this.member = member;
        this.others = others;
        regions = new MemorySegment[member.ranks()];
        for (int rank = 0; rank < regions.length; rank++) {
            regions[rank] = shared.numbers(rank);
        }
    }

    /**
     * Takes a place and waits until all ranks are there. Rank 0 makes the file, and removes it once all have it: it
     * lives on in memory until the last of them is gone.
     *
     * @param file to be made, in a folder that only the ranks write to; best one in memory, such as {@code /dev/shm}
     * @param patience how long to wait for other ranks, here and in every call
     * @throws org.dreamboothactors.allreduce.RingBroken when a rank is missing or another attempt is there
     */
    @SuppressWarnings("MustBeClosedChecker") // closed with the rank
    public static MappedAllReduce join(Path file, Member member, Duration patience) {
        Arena arena = Arena.ofShared();
        try {
            if (member.rank() == 0) {
                SharedFile.create(file, member);
            }
            Arrival arrival = new Arrival(file, member, patience);
            SharedFile shared = arrival.find(arena);
            Others others = new Others(shared, member, patience);
            arrival.takePlace(shared, others);
            if (member.rank() == 0) {
                Files.deleteIfExists(file);
            }
            return new MappedAllReduce(arena, shared, member, others);
        } catch (IOException e) {
            arena.close();
            throw new UncheckedIOException("Cannot share numbers through " + file + ": " + e.getMessage(), e);
        } catch (RuntimeException e) {
            arena.close();
            throw e;
        }
    }

    @Override
    public Member member() {
        return member;
    }

    @Override
    public MemorySegment numbers() {
        return regions[member.rank()];
    }

    @Override
    public void sum(long offset, long floats) {
        Chunks chunks = Chunks.of(member, offset, floats);
        calls++;
        shared.count(member.rank(), Cell.OFFSET, offset);
        shared.count(member.rank(), Cell.FLOATS, floats);
        shared.count(member.rank(), Cell.FILLED, calls);
        others.await(Cell.FILLED, calls);
        others.compare(calls, offset, floats);
        int mine = chunks.ownedBy(member.rank());
        long end = chunks.start(mine) + chunks.length(mine);
        for (long at = chunks.start(mine); at < end; at += Tile.FLOATS) {
            sumTile(mine, at, (int) Math.min(Tile.FLOATS, end - at));
        }
        shared.count(member.rank(), Cell.DONE, calls);
        others.await(Cell.DONE, calls);
    }

    /** The ring's order of chunk {@code first}, see {@link Chunks}. */
    private void sumTile(int first, long at, int floats) {
        long bytes = at * Float.BYTES;
        tile.load(regions[first], bytes, floats);
        for (int i = 1; i < regions.length; i++) {
            tile.add(regions[(first + i) % regions.length], bytes, floats);
        }
        for (MemorySegment region : regions) {
            tile.store(region, bytes, floats);
        }
    }

    @Override
    public long[][] gather(long... mine) {
        if (mine.length > MOST_GATHERED) {
            throw new IllegalArgumentException(
                    "Cannot gather " + mine.length + " numbers, expected at most " + MOST_GATHERED);
        }
        calls++;
        for (int i = 0; i < mine.length; i++) {
            shared.say(i, mine[i]);
        }
        shared.count(member.rank(), Cell.OFFSET, -1);
        shared.count(member.rank(), Cell.FLOATS, mine.length);
        shared.count(member.rank(), Cell.FILLED, calls);
        others.await(Cell.FILLED, calls);
        others.compare(calls, -1, mine.length);
        long[][] said = new long[member.ranks()][mine.length];
        for (int rank = 0; rank < said.length; rank++) {
            for (int i = 0; i < mine.length; i++) {
                said[rank][i] = shared.said(rank, i);
            }
        }
        shared.count(member.rank(), Cell.DONE, calls);
        others.await(Cell.DONE, calls); // before anyone says something else
        return said;
    }

    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            shared.count(member.rank(), Cell.LEFT, 1);
            arena.close();
        }
    }
}
