package org.dreamboothactors.diffusion.weights.pickle;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Writes a pickle opcode by opcode, and the zip archive around it. */
final class PickleZip {
    private final ByteArrayOutputStream pickle = new ByteArrayOutputStream();
    private final Map<String, byte[]> members = new LinkedHashMap<>();
    private int method = ZipEntry.STORED;

    PickleZip() {
        op(0x80).op(2);
    }

    PickleZip op(int opcode) {
        pickle.write(opcode);
        return this;
    }

    PickleZip global(String module, String name) {
        pickle.writeBytes(("c" + module + "\n" + name + "\n").getBytes(StandardCharsets.UTF_8));
        return this;
    }

    PickleZip text(String text) {
        op('X').raw(little(text.length()));
        return raw(text.getBytes(StandardCharsets.US_ASCII));
    }

    PickleZip number(int number) {
        return op('J').raw(little(number));
    }

    PickleZip raw(byte[] bytes) {
        pickle.writeBytes(bytes);
        return this;
    }

    PickleZip numbers(int... numbers) {
        op('(');
        for (int number : numbers) {
            number(number);
        }
        return op('t');
    }

    /** A tensor over the storage {@code key} of {@code count} floats. */
    PickleZip tensor(String key, int count, int first, int[] sizes, int[] strides) {
        global("torch._utils", "_rebuild_tensor_v2").op('(').op('(');
        text("storage")
                .global("torch", "FloatStorage")
                .text(key)
                .text("cpu")
                .number(count)
                .op('t')
                .op('Q');
        number(first).numbers(sizes).numbers(strides).op(0x89);
        return global("collections", "OrderedDict").op(')').op('R').op('t').op('R');
    }

    PickleZip member(String name, byte[] content) {
        members.put(name, content);
        return this;
    }

    PickleZip packed() {
        method = ZipEntry.DEFLATED;
        return this;
    }

    Path write(Path file) throws IOException {
        members.put("archive/data.pkl", op('.').pickle.toByteArray());
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            for (Map.Entry<String, byte[]> member : members.entrySet()) {
                CRC32 sum = new CRC32();
                sum.update(member.getValue());
                ZipEntry entry = new ZipEntry(member.getKey());
                entry.setMethod(method);
                entry.setSize(member.getValue().length);
                entry.setCrc(sum.getValue());
                zip.putNextEntry(entry);
                zip.write(member.getValue());
                zip.closeEntry();
            }
        }
        return file;
    }

    static byte[] floats(float... numbers) {
        ByteBuffer bytes = ByteBuffer.allocate(numbers.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(numbers);
        return bytes.array();
    }

    private static byte[] little(int number) {
        return ByteBuffer.allocate(Integer.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(number)
                .array();
    }
}
