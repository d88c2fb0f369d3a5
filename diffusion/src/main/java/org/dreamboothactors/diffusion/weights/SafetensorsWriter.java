package org.dreamboothactors.diffusion.weights;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Writes a table of contents and the tensors behind it, one after the other: memory need not hold them all. */
public final class SafetensorsWriter {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int ALIGNMENT = 8;

    /**
     * A tensor to write.
     *
     * @param type FLOAT32, FLOAT16, BFLOAT16 or UINT8
     * @param numbers writes as many of that type as {@code shape} has, row by row, little-endian
     */
    public record Entry(Shape shape, DataType type, WholeFile.Content numbers) {
        /** One that lies in other files: {@code parts} are one after the other along the first axis. */
        public static Entry of(List<TensorSource> parts, Shape shape, DataType type) {
            return new Entry(shape, type, out -> {
                for (TensorSource part : parts) {
                    part.writeTo(out, type);
                }
            });
        }
    }

    private SafetensorsWriter() {}

    /** Writes in the order of the names; an existing file is replaced, whole or not at all. */
    public static void write(Map<String, Entry> tensors, Map<String, String> metadata, Path file) {
        SortedMap<String, Entry> sorted = new TreeMap<>(tensors);
        WholeFile.write(file, out -> {
            WholeFile.writeAll(out, head(sorted, metadata));
            for (Entry entry : sorted.values()) {
                entry.numbers().writeTo(out);
            }
        });
    }

    private static ByteBuffer head(SortedMap<String, Entry> tensors, Map<String, String> metadata) throws IOException {
        ObjectNode head = JSON.createObjectNode();
        if (!metadata.isEmpty()) {
            head.set("__metadata__", JSON.valueToTree(new TreeMap<>(metadata)));
        }
        long offset = 0;
        for (Map.Entry<String, Entry> named : tensors.entrySet()) {
            Entry entry = named.getValue();
            long end = offset + entry.shape().size() * entry.type().getNumOfBytes();
            ObjectNode tensor = head.putObject(named.getKey());
            tensor.put("dtype", dtype(entry.type()));
            tensor.set("shape", JSON.valueToTree(entry.shape().getShape()));
            tensor.putArray("data_offsets").add(offset).add(end);
            offset = end;
        }
        byte[] text = JSON.writeValueAsBytes(head);
        int spaces = Math.floorMod(-text.length, ALIGNMENT);
        return ByteBuffer.allocate(Long.BYTES + text.length + spaces)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(text.length + spaces)
                .put(text)
                .put(" ".repeat(spaces).getBytes(StandardCharsets.UTF_8))
                .flip();
    }

    private static String dtype(DataType type) {
        return switch (type) {
            case FLOAT32 -> "F32";
            case FLOAT16 -> "F16";
            case BFLOAT16 -> "BF16";
            case UINT8 -> "U8";
            default ->
                throw new IllegalArgumentException(
                        "Cannot write " + type + " as safetensors, expected FLOAT32, FLOAT16, BFLOAT16 or UINT8");
        };
    }
}
