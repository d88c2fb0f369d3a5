package org.dreamboothactors.diffusion.weights.archive;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A part of a file: an archive's member, or all of it.
 *
 * @param offset of its first byte in the file
 */
public record FileSlice(Path file, long offset, long sizeBytes) {

    /** All of a file. */
    public static FileSlice of(Path file) throws IOException {
        return new FileSlice(file, 0, Files.size(file));
    }

    /** Reads a small part, little-endian; the position is that of the slice. */
    public ByteBuffer read(long position, int count) throws IOException {
        if (position < 0 || count < 0 || position > sizeBytes - count) {
            throw new EOFException(file + " ends at byte " + sizeBytes + ", expected " + count + " more at " + position
                    + ". It may be cut short: fetch it again");
        }
        ByteBuffer bytes = ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            while (bytes.hasRemaining()) {
                if (channel.read(bytes, offset + position + bytes.position()) < 0) {
                    throw new EOFException(file + " became shorter while it was read");
                }
            }
        }
        return bytes.flip();
    }
}
