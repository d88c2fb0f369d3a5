package org.dreamboothactors.diffusion.weights;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiFunction;

/** A safetensors file: named tensors behind a table of contents. Read one by one, so that memory holds no second copy. */
public final class Safetensors {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int ALIGNMENT = 8;

    private final SafetensorsHeader header;

    private Safetensors(SafetensorsHeader header) {
        this.header = header;
    }

    /** Reads a file's table of contents; throws {@link IllegalArgumentException} for a file that is not sound. */
    public static Safetensors open(Path file) {
        try {
            return new Safetensors(SafetensorsHeader.read(file));
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    public Set<String> names() {
        return header.tensors().keySet();
    }

    public Map<String, String> metadata() {
        return header.metadata();
    }

    /** Every tensor by name, where it lies. */
    public SortedMap<String, TensorSource> sources() {
        SortedMap<String, TensorSource> sources = new TreeMap<>();
        header.tensors().forEach((name, tensor) -> sources.put(name, tensor.source(name)));
        return sources;
    }

    StoredTensor tensor(String name) {
        StoredTensor tensor = header.tensors().get(name);
        if (tensor == null) {
            throw new IllegalArgumentException("Cannot read tensor " + name + ": the file has none of that name,"
                    + " expected one of " + header.tensors().size());
        }
        return tensor;
    }

    /** A tensor as fp32, whatever float it is stored as; owned by {@code manager}. */
    public NDArray fp32(String name, NDManager manager) {
        return fp32(tensor(name), manager);
    }

    static NDArray fp32(StoredTensor tensor, NDManager manager) {
        try (FileChannel channel = FileChannel.open(tensor.file(), StandardOpenOption.READ);
                Arena arena = Arena.ofConfined()) {
            ByteBuffer bytes = channel.map(FileChannel.MapMode.READ_ONLY, tensor.offset(), tensor.sizeBytes(), arena)
                    .asByteBuffer()
                    .order(ByteOrder.nativeOrder());
            NDArray owned = tensor.type() == DataType.BFLOAT16
                    ? manager.create(widened(bytes), tensor.shape())
                    : copied(bytes, tensor, manager);
            owned.attach(manager);
            return owned;
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + tensor.file() + ": " + e.getMessage(), e);
        }
    }

    /** A copy in any case: the mapping ends, and a cast to the same type would share it. */
    private static NDArray copied(ByteBuffer bytes, StoredTensor tensor, NDManager manager) {
        try (NDArray mapped = manager.create(bytes, tensor.shape(), tensor.type())) {
            return mapped.getDataType() == DataType.FLOAT32
                    ? mapped.duplicate()
                    : mapped.toType(DataType.FLOAT32, false);
        }
    }

    /** The upper half of an fp32 number is a bf16 number; DJL 0.35 ends the process when it is given one. */
    private static float[] widened(ByteBuffer bytes) {
        float[] numbers = new float[bytes.remaining() / Short.BYTES];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = Float.intBitsToFloat(bytes.getShort(i * Short.BYTES) << Short.SIZE);
        }
        return numbers;
    }

    /** Writes tensors in the order of their names; an existing file is replaced, whole or not at all. */
    public static void write(Map<String, NDArray> tensors, Map<String, String> metadata, Path file) {
        SortedMap<String, Content> contents = new TreeMap<>();
        tensors.forEach((name, array) -> contents.put(name, new Content(array.getDataType(), array.getShape(), out -> {
            writeAll(out, array.toByteBuffer(true));
        })));
        writeContents(contents, metadata, file);
    }

    /**
     * The same for fp32 tensors that are made one after the other, so that memory does not hold them all.
     *
     * @param make makes the tensor of a name; what it leaves to the manager it is given is freed when it is written
     * @param manager parent of those managers
     */
    public static void write(
            Map<String, Shape> shapes,
            BiFunction<String, NDManager, NDArray> make,
            NDManager manager,
            Map<String, String> metadata,
            Path file) {
        SortedMap<String, Content> contents = new TreeMap<>();
        shapes.forEach((name, shape) -> contents.put(name, new Content(DataType.FLOAT32, shape, out -> {
            try (NDManager scratch = manager.newSubManager()) {
                NDArray made = make.apply(name, scratch);
                requireAsAnnounced(name, shape, made);
                writeAll(out, made.toByteBuffer(true));
            }
        })));
        writeContents(contents, metadata, file);
    }

    /** The table of contents is written before: another tensor would shift all that follow. */
    private static void requireAsAnnounced(String name, Shape shape, NDArray made) {
        if (made.getDataType() != DataType.FLOAT32 || !made.getShape().equals(shape)) {
            throw new IllegalArgumentException("Cannot write " + name + ": it is " + made.getDataType() + " "
                    + made.getShape() + ", expected " + DataType.FLOAT32 + " " + shape);
        }
    }

    private record Content(DataType type, Shape shape, WholeFile.Content numbers) {}

    private static void writeContents(SortedMap<String, Content> sorted, Map<String, String> metadata, Path file) {
        WholeFile.write(file, out -> {
            byte[] head = head(sorted, metadata);
            writeAll(
                    out,
                    ByteBuffer.allocate(Long.BYTES)
                            .order(ByteOrder.LITTLE_ENDIAN)
                            .putLong(head.length)
                            .flip());
            writeAll(out, ByteBuffer.wrap(head));
            for (Content content : sorted.values()) {
                content.numbers().writeTo(out);
            }
        });
    }

    private static byte[] head(SortedMap<String, Content> tensors, Map<String, String> metadata) throws IOException {
        ObjectNode head = JSON.createObjectNode();
        if (!metadata.isEmpty()) {
            head.set("__metadata__", JSON.valueToTree(new TreeMap<>(metadata)));
        }
        long offset = 0;
        for (Map.Entry<String, Content> entry : tensors.entrySet()) {
            Content content = entry.getValue();
            long end = offset + content.shape().size() * content.type().getNumOfBytes();
            ObjectNode tensor = head.putObject(entry.getKey());
            tensor.put("dtype", dtype(content.type()));
            tensor.set("shape", JSON.valueToTree(content.shape().getShape()));
            tensor.putArray("data_offsets").add(offset).add(end);
            offset = end;
        }
        String text = JSON.writeValueAsString(head);
        int spaces = Math.floorMod(-text.getBytes(StandardCharsets.UTF_8).length, ALIGNMENT);
        return (text + " ".repeat(spaces)).getBytes(StandardCharsets.UTF_8);
    }

    private static String dtype(DataType type) {
        return switch (type) {
            case FLOAT32 -> "F32";
            case FLOAT16 -> "F16";
            case UINT8 -> "U8";
            default ->
                throw new IllegalArgumentException(
                        "Cannot write " + type + " as safetensors, expected FLOAT32, FLOAT16 or UINT8");
        };
    }

    private static void writeAll(FileChannel out, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            out.write(bytes);
        }
    }
}
