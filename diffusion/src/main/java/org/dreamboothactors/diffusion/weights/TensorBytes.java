package org.dreamboothactors.diffusion.weights;

import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** Bytes of a tensor; most lie in a file until somebody asks for them. */
public sealed interface TensorBytes {
    /** How many there are, unpacked. */
    long sizeBytes();

    /** Where they lie, for messages. */
    default String origin() {
        return switch (this) {
            case Mapped mapped -> mapped.file().toString();
            case Deflated deflated -> deflated.file().toString();
            case Held _ -> "memory";
        };
    }

    /** The bytes themselves, as long as {@code arena} is open. */
    MemorySegment open(Arena arena) throws IOException;

    /** Bytes as they are: mapped, so that memory holds no copy. */
    record Mapped(Path file, long offset, long sizeBytes) implements TensorBytes {
        @Override
        public MemorySegment open(Arena arena) throws IOException {
            if (sizeBytes == 0) {
                return MemorySegment.NULL;
            }
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
                return channel.map(FileChannel.MapMode.READ_ONLY, offset, sizeBytes, arena);
            }
        }
    }

    /** Bytes in memory, little-endian. */
    @SuppressWarnings("ArrayRecordComponent") // small ones; compared by nobody
    record Held(byte[] bytes) implements TensorBytes {
        @Override
        public long sizeBytes() {
            return bytes.length;
        }

        @Override
        public MemorySegment open(Arena arena) {
            return arena.allocate(bytes.length, Long.BYTES).copyFrom(MemorySegment.ofArray(bytes));
        }
    }

    /**
     * Bytes that a zip archive packed: unpacked in memory, never beyond {@code sizeBytes}.
     *
     * @param packedBytes at {@code offset} of the file
     */
    record Deflated(Path file, long offset, long packedBytes, long sizeBytes) implements TensorBytes {
        @Override
        public MemorySegment open(Arena arena) throws IOException {
            MemorySegment unpacked = arena.allocate(Math.max(1, sizeBytes));
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
                    Arena packed = Arena.ofConfined();
                    Inflater inflater = new Inflater(true)) {
                inflater.setInput(channel.map(FileChannel.MapMode.READ_ONLY, offset, packedBytes, packed)
                        .asByteBuffer());
                ByteBuffer target = unpacked.asByteBuffer().limit(Math.toIntExact(sizeBytes));
                while (target.hasRemaining() && inflater.inflate(target) > 0) {
                    // goes on until it is full or the input ends
                }
                if (target.hasRemaining()) {
                    throw new EOFException(file + " unpacks to " + target.position() + " bytes where it claims "
                            + sizeBytes + ". It may be cut short: fetch it again");
                }
            } catch (DataFormatException e) {
                throw new IOException(file + " holds a damaged zip member (" + e.getMessage() + ")", e);
            }
            return unpacked.asSlice(0, sizeBytes);
        }
    }
}
