package org.dreamboothactors.diffusion.weights.archive;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The plain files of an uncompressed tar archive, in the formats of Python's {@code tarfile} (ustar, GNU, PAX).
 *
 * <p>Headers are read one by one: a name of two gigabytes, which general readers would take into memory, is refused.
 */
public final class TarMembers {
    private static final int BLOCK = 512;
    private static final int MOST_MEMBERS = 1000;
    private static final int LONGEST_EXTENSION = 64 << 10;
    private static final int NAME_BYTES = 100;
    private static final int SIZE_AT = 124;
    private static final int SIZE_BYTES = 12;
    private static final int CHECKSUM_AT = 148;
    private static final int CHECKSUM_BYTES = 8;
    private static final int TYPE_AT = 156;
    private static final int PREFIX_AT = 345;
    private static final int PREFIX_BYTES = 155;
    private static final Pattern PAX_PATH = Pattern.compile("(?:^|\n)\\d+ path=([^\n]*)\n");
    private static final Pattern PAX_SIZE = Pattern.compile("(?:^|\n)\\d+ size=(\\d{1,18})\n");

    private TarMembers() {}

    /** Whether the file begins as a tar archive. */
    public static boolean isTar(FileSlice file) throws IOException {
        return file.sizeBytes() >= 2 * BLOCK
                && text(file.read(0, BLOCK), 257, 5).equals("ustar")
                && sound(file.read(0, BLOCK));
    }

    /** Files by name, a leading {@code ./} dropped; folders are left out, links and other types refused. */
    public static Map<String, FileSlice> read(FileSlice archive) throws IOException {
        Map<String, FileSlice> members = new LinkedHashMap<>();
        String longName = "";
        long longSize = -1;
        long at = 0;
        for (int headers = 0; at <= archive.sizeBytes() - BLOCK; headers++) {
            ByteBuffer header = archive.read(at, BLOCK);
            if (header.get(0) == 0) {
                return members; // the empty block at the end
            }
            if (headers == MOST_MEMBERS || !sound(header)) {
                throw refused(
                        archive.file(),
                        headers == MOST_MEMBERS ? "it has more members" : "its header at byte " + at + " is damaged",
                        "a checkpoint of at most " + MOST_MEMBERS + " sound members");
            }
            long size = longSize >= 0 ? longSize : size(archive.file(), header);
            FileSlice content = content(archive, at + BLOCK, size);
            at += BLOCK + (size + BLOCK - 1) / BLOCK * BLOCK;
            String name = name(archive.file(), longName.isEmpty() ? plainName(header) : longName);
            switch (header.get(TYPE_AT)) {
                case 'L' -> longName = extension(content).replaceFirst("\0.*$", "");
                case 'x' -> {
                    String records = extension(content);
                    longName = first(PAX_PATH, records, longName);
                    longSize = Long.parseLong(first(PAX_SIZE, records, "-1"));
                }
                case 'g' -> {
                    // comments on the whole archive
                }
                case '5' -> { // a folder, and a long name before it was its own
                    longName = "";
                    longSize = -1;
                }
                case '0', '\0' -> {
                    if (members.put(name, content) != null) {
                        throw refused(archive.file(), "it has " + name + " twice", "it once");
                    }
                    longName = "";
                    longSize = -1;
                }
                default ->
                    throw refused(
                            archive.file(),
                            name + " is of type " + (char) header.get(TYPE_AT),
                            "plain files and folders, no links");
            }
        }
        return members;
    }

    private static FileSlice content(FileSlice archive, long start, long size) {
        if (size < 0 || start > archive.sizeBytes() - size) {
            throw refused(
                    archive.file(),
                    "a member of " + size + " bytes begins at " + start,
                    "it inside the file's " + archive.sizeBytes() + " bytes. It may be cut short: fetch it again");
        }
        return new FileSlice(archive.file(), archive.offset() + start, size);
    }

    private static String extension(FileSlice content) throws IOException {
        if (content.sizeBytes() > LONGEST_EXTENSION) {
            throw refused(
                    content.file(), "a name of " + content.sizeBytes() + " bytes", "at most " + LONGEST_EXTENSION);
        }
        return StandardCharsets.UTF_8
                .decode(content.read(0, (int) content.sizeBytes()))
                .toString();
    }

    private static String first(Pattern pattern, String records, String otherwise) {
        return pattern.matcher(records)
                .results()
                .map(match -> match.group(1))
                .findFirst()
                .orElse(otherwise);
    }

    private static String plainName(ByteBuffer header) {
        String prefix = text(header, 257, 6).equals("ustar") ? text(header, PREFIX_AT, PREFIX_BYTES) : "";
        return (prefix.isEmpty() ? "" : prefix + "/") + text(header, 0, NAME_BYTES);
    }

    private static String name(Path file, String raw) {
        String name = raw.startsWith("./") ? raw.substring(2) : raw;
        if (name.startsWith("/")
                || name.contains("\\")
                || List.of(name.split("/", -1)).contains("..")) {
            throw refused(file, "it has a member " + raw, "names inside the archive, without .. and /");
        }
        return name;
    }

    /** Octal digits; GNU writes what is too large for them as a number with the first bit set. */
    private static long size(Path file, ByteBuffer header) {
        if (header.get(SIZE_AT) < 0) {
            return header.duplicate().order(ByteOrder.BIG_ENDIAN).getLong(SIZE_AT + SIZE_BYTES - Long.BYTES);
        }
        String digits = text(header, SIZE_AT, SIZE_BYTES).strip();
        if (!digits.matches("[0-7]{1,12}")) {
            throw refused(file, "a member has the size " + digits, "octal digits");
        }
        return Long.parseLong(digits, 8);
    }

    private static boolean sound(ByteBuffer header) {
        String digits = text(header, CHECKSUM_AT, CHECKSUM_BYTES).strip();
        long sum = 0;
        for (int i = 0; i < BLOCK; i++) {
            boolean own = i >= CHECKSUM_AT && i < CHECKSUM_AT + CHECKSUM_BYTES;
            sum += own ? ' ' : Byte.toUnsignedInt(header.get(i));
        }
        return digits.matches("[0-7]{1,7}") && Long.parseLong(digits, 8) == sum;
    }

    private static String text(ByteBuffer bytes, int at, int length) {
        byte[] field = new byte[length];
        bytes.get(at, field);
        int end = 0;
        while (end < length && field[end] != 0) {
            end++;
        }
        return new String(field, 0, end, StandardCharsets.UTF_8);
    }

    private static IllegalArgumentException refused(Path file, String what, String expected) {
        return new IllegalArgumentException("Cannot read " + file + ": " + what + ", expected " + expected);
    }
}
