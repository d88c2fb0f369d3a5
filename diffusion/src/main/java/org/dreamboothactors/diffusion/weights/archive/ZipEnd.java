package org.dreamboothactors.diffusion.weights.archive;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * What the end of a zip archive says about its directory, the records for archives above 4 GiB included (APPNOTE 6.3.10,
 * sections 4.3.14 to 4.3.16 and 4.5.3).
 */
record ZipEnd(long members, long directoryBytes, long directoryOffset) {
    private static final int END = 0x06054b50;
    private static final int END_BYTES = 22;
    private static final int LONGEST_COMMENT = 0xffff;
    private static final int LOCATOR = 0x07064b50;
    private static final int LOCATOR_BYTES = 20;
    private static final int END64 = 0x06064b50;
    private static final int END64_BYTES = 56;
    private static final long IN_EXTRA = 0xffffffffL;
    private static final int EXTRA64 = 1;
    private static final int EXTRA_HEAD = 4;

    static ZipEnd find(FileSlice archive) throws IOException {
        int tailBytes = (int) Math.min(archive.sizeBytes(), END_BYTES + LONGEST_COMMENT);
        long tailStart = archive.sizeBytes() - tailBytes;
        ByteBuffer tail = archive.read(tailStart, tailBytes);
        for (int at = tailBytes - END_BYTES; at >= 0; at--) {
            if (tail.getInt(at) == END && Short.toUnsignedInt(tail.getShort(at + 20)) == tailBytes - at - END_BYTES) {
                return at(archive, tail, at, tailStart);
            }
        }
        throw new IllegalArgumentException("Cannot read " + archive.file()
                + ": it has no zip directory at its end, expected one. It may be cut short: fetch it again");
    }

    private static ZipEnd at(FileSlice archive, ByteBuffer tail, int at, long tailStart) throws IOException {
        if (at >= LOCATOR_BYTES && tail.getInt(at - LOCATOR_BYTES) == LOCATOR) {
            ByteBuffer end = archive.read(tail.getLong(at - LOCATOR_BYTES + 8), END64_BYTES);
            if (end.getInt(0) == END64) {
                return checked(archive, end.getLong(32), end.getLong(40), end.getLong(48), tailStart + at);
            }
        }
        return checked(
                archive,
                Short.toUnsignedInt(tail.getShort(at + 10)),
                Integer.toUnsignedLong(tail.getInt(at + 12)),
                Integer.toUnsignedLong(tail.getInt(at + 16)),
                tailStart + at);
    }

    private static ZipEnd checked(FileSlice archive, long members, long bytes, long offset, long end) {
        if (members < 0 || bytes < 0 || offset < 0 || offset > end - bytes) {
            throw new IllegalArgumentException("Cannot read " + archive.file() + ": its directory of " + bytes
                    + " bytes lies at " + offset + ", expected it before byte " + end + ". Fetch the file again");
        }
        return new ZipEnd(members, bytes, offset);
    }

    /** Replaces the sizes that did not fit into 32 bits by those of the extra field, which has only them, in order. */
    static void widen(long[] sizes, ByteBuffer extra) {
        extra.order(ByteOrder.LITTLE_ENDIAN);
        while (extra.remaining() >= EXTRA_HEAD) {
            int id = Short.toUnsignedInt(extra.getShort());
            int length = Math.min(Short.toUnsignedInt(extra.getShort()), extra.remaining());
            ByteBuffer field = extra.slice(extra.position(), length).order(ByteOrder.LITTLE_ENDIAN);
            for (int i = 0; id == EXTRA64 && i < sizes.length; i++) {
                if (sizes[i] == IN_EXTRA && field.remaining() >= Long.BYTES) {
                    sizes[i] = field.getLong();
                }
            }
            extra.position(extra.position() + length);
        }
    }
}
