package org.dreamboothactors.diffusion.weights;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.nio.ShortBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiFunction;
import org.dreamboothactors.diffusion.kernels.HostBytes;
import org.dreamboothactors.diffusion.weights.SafetensorsWriter.Entry;

/** A safetensors file: named tensors behind a table of contents. Read one by one, so that memory holds no second copy. */
public final class Safetensors {
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
                    ? widened(bytes, tensor.shape(), manager)
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

    /**
     * The upper half of an fp32 number is a bf16 number; DJL 0.35 ends the process when it is given one. Widened into
     * libtorch's memory: what DJL makes of numbers that lie in Java's is kept there, and a model is larger than the heap.
     */
    private static NDArray widened(ByteBuffer bytes, Shape shape, NDManager manager) {
        if (!manager.getDevice().isGpu()) {
            return widenedOnHost(bytes, shape, manager);
        }
        try (NDManager onHost = manager.newSubManager(Device.cpu())) {
            NDArray moved = widenedOnHost(bytes, shape, onHost).toDevice(manager.getDevice(), true);
            moved.attach(manager);
            return moved;
        }
    }

    private static NDArray widenedOnHost(ByteBuffer bytes, Shape shape, NDManager host) {
        NDArray wide = host.create(shape);
        IntBuffer to = wide.toByteBuffer(true).order(ByteOrder.nativeOrder()).asIntBuffer();
        ShortBuffer from = bytes.asShortBuffer();
        for (int i = 0; i < from.limit(); i++) {
            to.put(i, from.get(i) << Short.SIZE);
        }
        return wide;
    }

    /** Writes tensors in the order of their names; an existing file is replaced, whole or not at all. */
    public static void write(Map<String, NDArray> tensors, Map<String, String> metadata, Path file) {
        SortedMap<String, Entry> entries = new TreeMap<>();
        tensors.forEach((name, array) ->
                entries.put(name, new Entry(array.getShape(), array.getDataType(), out -> write(array, out))));
        SafetensorsWriter.write(entries, metadata, file);
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
        SortedMap<String, Entry> entries = new TreeMap<>();
        shapes.forEach((name, shape) -> entries.put(name, new Entry(shape, DataType.FLOAT32, out -> {
            try (NDManager scratch = manager.newSubManager()) {
                NDArray made = make.apply(name, scratch);
                requireAsAnnounced(name, shape, made);
                write(made, out);
            }
        })));
        SafetensorsWriter.write(entries, metadata, file);
    }

    private static void write(NDArray array, WritableByteChannel out) throws IOException {
        try (HostBytes host = HostBytes.of(array)) {
            WholeFile.writeAll(out, host.bytes());
        }
    }

    /** The table of contents is written before: another tensor would shift all that follow. */
    private static void requireAsAnnounced(String name, Shape shape, NDArray made) {
        if (made.getDataType() != DataType.FLOAT32 || !made.getShape().equals(shape)) {
            throw new IllegalArgumentException("Cannot write " + name + ": it is " + made.getDataType() + " "
                    + made.getShape() + ", expected " + DataType.FLOAT32 + " " + shape);
        }
    }
}
