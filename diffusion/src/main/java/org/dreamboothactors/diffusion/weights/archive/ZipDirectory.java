package org.dreamboothactors.diffusion.weights.archive;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.dreamboothactors.diffusion.weights.TensorBytes;
import org.dreamboothactors.diffusion.weights.TensorBytes.Deflated;
import org.dreamboothactors.diffusion.weights.TensorBytes.Mapped;

/**
 * The central directory of a zip archive that may lie inside another file. Nothing in it is believed: members lie inside
 * the archive, apart from each other, and unpack to a bounded size.
 */
public final class ZipDirectory {
    /** A checkpoint with optimizer and averaged copies has a few thousand. */
    private static final int MOST_MEMBERS = 100_000;

    private static final int LARGEST_DIRECTORY = 32 << 20;
    private static final int LARGEST_PACKED_MEMBER = 1 << 30;
    /** Numbers hardly pack; what unpacks to more than this is made to fill memory. */
    private static final int MOST_EXPANSION = 8;

    private static final long ALWAYS_ALLOWED_BYTES = 64L << 20;

    private static final int CENTRAL = 0x02014b50;
    private static final int CENTRAL_BYTES = 46;
    private static final int LOCAL = 0x04034b50;
    private static final int LOCAL_BYTES = 30;
    private static final int STORED = 0;
    private static final int DEFLATED = 8;

    private final FileSlice archive;
    private final Map<String, ZipMember> members = new HashMap<>();
    private final List<long[]> places = new ArrayList<>();
    private long unpackedBytes;

    private ZipDirectory(FileSlice archive) {
        this.archive = archive;
    }

    /** Every member by name; throws {@link IllegalArgumentException} for an archive that is not sound. */
    public static Map<String, ZipMember> read(FileSlice archive) throws IOException {
        ZipDirectory directory = new ZipDirectory(archive);
        ZipEnd end = ZipEnd.find(archive);
        if (end.members() > MOST_MEMBERS || end.directoryBytes() > LARGEST_DIRECTORY) {
            throw directory.refused(
                    "its directory has " + end.members() + " members in " + end.directoryBytes() + " bytes",
                    "at most " + MOST_MEMBERS + " in " + LARGEST_DIRECTORY);
        }
        ByteBuffer bytes = archive.read(end.directoryOffset(), (int) end.directoryBytes());
        for (int i = 0; i < end.members(); i++) {
            directory.add(bytes);
        }
        directory.refuseOverlap();
        return Map.copyOf(directory.members);
    }

    private void add(ByteBuffer bytes) throws IOException {
        int at = bytes.position();
        if (bytes.remaining() < CENTRAL_BYTES || bytes.getInt(at) != CENTRAL) {
            throw refused("its directory is damaged at member " + members.size(), "a sound one. Fetch it again");
        }
        int nameBytes = Short.toUnsignedInt(bytes.getShort(at + 28));
        int extraBytes = Short.toUnsignedInt(bytes.getShort(at + 30));
        int commentBytes = Short.toUnsignedInt(bytes.getShort(at + 32));
        if (bytes.remaining() < CENTRAL_BYTES + nameBytes + extraBytes + commentBytes) {
            throw refused("its directory ends inside member " + members.size(), "a sound one. Fetch it again");
        }
        byte[] name = new byte[nameBytes];
        bytes.get(at + CENTRAL_BYTES, name);
        long[] sizes = { // unpacked, packed, place of the header: those too large for 32 bits follow in this order
            Integer.toUnsignedLong(bytes.getInt(at + 24)),
            Integer.toUnsignedLong(bytes.getInt(at + 20)),
            Integer.toUnsignedLong(bytes.getInt(at + 42))
        };
        ZipEnd.widen(sizes, bytes.slice(at + CENTRAL_BYTES + nameBytes, extraBytes));
        if ((bytes.getShort(at + 8) & 1) != 0) {
            throw refused("it is encrypted", "an open archive");
        }
        add(new String(name, StandardCharsets.UTF_8), bytes.getShort(at + 10), sizes[0], sizes[1], sizes[2]);
        bytes.position(at + CENTRAL_BYTES + nameBytes + extraBytes + commentBytes);
    }

    private void add(String name, int method, long unpacked, long packed, long header) throws IOException {
        ByteBuffer local = archive.read(header, LOCAL_BYTES);
        long start = header
                + LOCAL_BYTES
                + Short.toUnsignedInt(local.getShort(26))
                + Short.toUnsignedInt(local.getShort(28));
        if (local.getInt(0) != LOCAL || packed < 0 || unpacked < 0 || start > archive.sizeBytes() - packed) {
            throw refused(
                    name + " lies at " + start + " with " + packed + " bytes",
                    "it inside the archive's " + archive.sizeBytes() + " bytes. It may be cut short: fetch it again");
        }
        ZipMember member = new ZipMember(name, bytes(name, method, unpacked, packed, archive.offset() + start));
        if (members.put(name, member) != null) {
            throw refused("it has " + name + " twice", "it once");
        }
        places.add(new long[] {header, start + packed});
    }

    private TensorBytes bytes(String name, int method, long unpacked, long packed, long offset) {
        if (method == STORED && unpacked == packed) {
            return new Mapped(archive.file(), offset, packed);
        }
        if (method != DEFLATED) {
            throw refused(
                    name + " is packed by method " + method + " from " + unpacked + " to " + packed + " bytes",
                    "method 0 (stored) or 8 (deflated)");
        }
        unpackedBytes += unpacked;
        long allowed = Math.max(ALWAYS_ALLOWED_BYTES, MOST_EXPANSION * archive.sizeBytes());
        if (unpacked > LARGEST_PACKED_MEMBER || unpackedBytes > allowed) {
            throw refused(
                    "it unpacks to " + unpackedBytes + " bytes or more (" + name + " alone to " + unpacked + ")",
                    "at most " + allowed + ", and " + LARGEST_PACKED_MEMBER + " a member. It looks like a zip bomb");
        }
        return new Deflated(archive.file(), offset, packed, unpacked);
    }

    private void refuseOverlap() {
        places.sort(Comparator.comparingLong(place -> place[0]));
        for (int i = 1; i < places.size(); i++) {
            if (places.get(i - 1)[1] > places.get(i)[0]) {
                throw refused("members overlap at byte " + places.get(i)[0], "members apart");
            }
        }
    }

    private IllegalArgumentException refused(String what, String expected) {
        return new IllegalArgumentException("Cannot read " + archive.file() + ": " + what + ", expected " + expected);
    }
}
