package org.dreamboothactors.allreduce.mapped;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.dreamboothactors.allreduce.Member;

/**
 * The file that the ranks of one machine map: a header, a page of counters a rank, and each rank's numbers.
 *
 * <p>Counters are read with acquire and written with release semantics, so that what was written before a counter is
 * seen by whoever has seen the counter. Numbers are plain memory.
 */
final class SharedFile {
    static final long PAGE = 4096;
    private static final long MAGIC = 0x31474e4952414244L; // "DBARING1"
    private static final int FILL_BYTES = 1 << 20;
    private static final int DIGEST_BYTES = 32;

    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
    private static final VarHandle WORD = LONG.varHandle();

    private static final long AT_MAGIC = 0;
    private static final long AT_ATTEMPT = 8;
    private static final long AT_DIGEST = 64;

    private final MemorySegment all;
    private final Member member;

    private SharedFile(MemorySegment all, Member member) {
        this.all = all;
        this.member = member;
    }

    /** Makes the file, in place of one that an older attempt left. The disk holds all of it before any rank sees it. */
    static void create(Path file, Member member) throws IOException {
        Path draft = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(draft);
        try (FileChannel channel = FileChannel.open(
                draft, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, StandardOpenOption.READ)) {
            // A hole would kill the process that writes into it when the disk is full.
            ByteBuffer zeros = ByteBuffer.allocateDirect(FILL_BYTES);
            for (long left = bytes(member); left > 0; left -= zeros.position()) {
                zeros.clear().limit((int) Math.min(FILL_BYTES, left));
                while (zeros.hasRemaining()) {
                    channel.write(zeros);
                }
            }
            ByteBuffer header = ByteBuffer.allocate((int) PAGE).order(ByteOrder.nativeOrder());
            header.putLong((int) AT_MAGIC, MAGIC);
            header.putLong((int) AT_ATTEMPT, member.attempt());
            header.put((int) AT_DIGEST, digest(member));
            channel.write(header, 0);
            Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            Files.deleteIfExists(draft);
            throw e;
        }
    }

    /** The attempt that made the file. */
    static long attempt(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            ByteBuffer header = ByteBuffer.allocate((int) AT_DIGEST).order(ByteOrder.nativeOrder());
            while (header.hasRemaining() && channel.read(header, header.position()) >= 0) {}
            return header.getLong((int) AT_ATTEMPT);
        }
    }

    /** The file as {@code member} sees it. */
    static SharedFile map(Path file, Member member, Arena arena) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            long size = channel.size();
            if (size < PAGE) {
                throw new IOException("it has " + size + " bytes");
            }
            return new SharedFile(channel.map(FileChannel.MapMode.READ_WRITE, 0, size, arena), member);
        }
    }

    /** Whether it was made for the same run, ranks and layout. */
    boolean isOurs() {
        byte[] theirs = all.asSlice(AT_DIGEST, DIGEST_BYTES).toArray(ValueLayout.JAVA_BYTE);
        return all.get(LONG, AT_MAGIC) == MAGIC
                && all.byteSize() == bytes(member)
                && MessageDigest.isEqual(theirs, digest(member));
    }

    /** Numbers of a rank. */
    MemorySegment numbers(int rank) {
        return all.asSlice(
                (1 + member.ranks()) * PAGE + rank * region(member),
                member.layout().floats() * Float.BYTES);
    }

    long counter(int rank, Cell cell) {
        return (long) WORD.getAcquire(all, at(rank, cell));
    }

    void count(int rank, Cell cell, long value) {
        WORD.setRelease(all, at(rank, cell), value);
    }

    /** Sets it if it is still 0; whether this was first. */
    boolean claim(int rank, Cell cell, long value) {
        return WORD.compareAndSet(all, at(rank, cell), 0L, value);
    }

    long said(int rank, int place) {
        return all.get(LONG, at(rank, Cell.SAID) + (long) place * Long.BYTES);
    }

    void say(int place, long value) {
        all.set(LONG, at(member.rank(), Cell.SAID) + (long) place * Long.BYTES, value);
    }

    private static long at(int rank, Cell cell) {
        return (1 + rank) * PAGE + cell.offset();
    }

    private static long bytes(Member member) {
        return (1 + member.ranks()) * PAGE + member.ranks() * region(member);
    }

    private static long region(Member member) {
        return Math.ceilDiv(member.layout().floats() * Float.BYTES, PAGE) * PAGE;
    }

    private static byte[] digest(Member member) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            String identity = String.join(
                    "\n",
                    member.run(),
                    Integer.toString(member.ranks()),
                    Long.toString(member.layout().floats()),
                    member.layout().digest());
            return digest.digest(identity.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256", e);
        }
    }
}
