package org.dreamboothactors.diffusion.weights;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongUnaryOperator;

/**
 * A tensor in a file: what it is is known, its numbers are fetched when asked for.
 *
 * @param name in its file
 * @param strides elements from one index of an axis to the next; channels-last files have others than row by row
 * @param first element among those of {@code bytes}
 */
public record TensorSource(String name, TensorBytes bytes, DataType type, Shape shape, List<Long> strides, long first) {
    /** Characters; a model's are below 200. Whoever reads names refuses longer ones, so that renaming them is cheap. */
    public static final int LONGEST_NAME = 1000;

    private static final int CHUNK_BYTES = 1 << 20;
    private static final int MOST_FLOATS = 1 << 28;

    public TensorSource {
        strides = List.copyOf(strides);
    }

    /** A tensor row by row. */
    public static TensorSource rowMajor(String name, TensorBytes bytes, DataType type, Shape shape) {
        return new TensorSource(name, bytes, type, shape, rowMajor(shape), 0);
    }

    private static List<Long> rowMajor(Shape shape) {
        List<Long> strides = new ArrayList<>();
        long stride = 1;
        for (int axis = shape.dimension() - 1; axis >= 0; axis--) {
            strides.addFirst(stride);
            stride *= shape.get(axis);
        }
        return strides;
    }

    /** The same tensor under another name. */
    public TensorSource named(String other) {
        return new TensorSource(other, bytes, type, shape, strides, first);
    }

    /** Rows {@code from} to {@code from + count} of the first axis. */
    public TensorSource rows(long from, long count) {
        long[] part = shape.getShape().clone();
        part[0] = count;
        return new TensorSource(name, bytes, type, new Shape(part), strides, first + from * strides.getFirst());
    }

    /** A 1x1 convolution's weights (O, I, 1, 1) as those of a linear layer (O, I); others as they are. */
    public TensorSource asLinear() {
        boolean pointwise = shape.dimension() == 4 && shape.get(2) == 1 && shape.get(3) == 1;
        return pointwise
                ? new TensorSource(
                        name, bytes, type, new Shape(shape.get(0), shape.get(1)), strides.subList(0, 2), first)
                : this;
    }

    /** Every number, row by row; for small tensors. */
    public float[] floats() {
        if (shape.size() > MOST_FLOATS) {
            throw new IllegalArgumentException(
                    "Cannot read " + name + ": it is " + shape + ", expected at most " + MOST_FLOATS + " numbers");
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment numbers = bytes.open(arena);
            Numbers.Reader reader = Numbers.reader(type);
            LongUnaryOperator place = places();
            float[] all = new float[(int) shape.size()];
            for (int i = 0; i < all.length; i++) {
                all[i] = reader.at(numbers, place.applyAsLong(i));
            }
            return all;
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + name + ": " + e.getMessage(), e);
        }
    }

    /**
     * Writes every number row by row, little-endian; throws {@link IllegalArgumentException} for one that is not finite
     * or not in the range of {@code as}.
     *
     * @param as FLOAT32, FLOAT16 or BFLOAT16
     */
    void writeTo(WritableByteChannel out, DataType as) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment numbers = bytes.open(arena);
            Numbers.Reader reader = Numbers.reader(type);
            Numbers.Writer writer = Numbers.writer(as);
            LongUnaryOperator place = places();
            long count = shape.size();
            int chunkBytes = (int) Math.min(CHUNK_BYTES, count * as.getNumOfBytes());
            ByteBuffer chunk = ByteBuffer.allocate(chunkBytes).order(ByteOrder.LITTLE_ENDIAN);
            for (long i = 0; i < count; i++) {
                float number = reader.at(numbers, place.applyAsLong(i));
                if (!Numbers.fits(as, number)) {
                    throw new IllegalArgumentException("Cannot use " + name + ": number " + i + " of " + shape + " is "
                            + number + ", expected finite numbers in the range of " + as + ". It lies in "
                            + bytes.origin());
                }
                writer.put(chunk, number);
                if (!chunk.hasRemaining()) {
                    drain(chunk, out);
                }
            }
            drain(chunk, out);
        }
    }

    private static void drain(ByteBuffer chunk, WritableByteChannel out) throws IOException {
        WholeFile.writeAll(out, chunk.flip());
        chunk.clear();
    }

    /** From the index row by row to the element's place. */
    private LongUnaryOperator places() {
        if (strides.equals(rowMajor(shape))) {
            return index -> first + index;
        }
        long[] sizes = shape.getShape();
        long[] steps = strides.stream().mapToLong(Long::longValue).toArray();
        return index -> {
            long rest = index;
            long place = first;
            for (int axis = sizes.length - 1; axis >= 0; axis--) {
                place += rest % sizes[axis] * steps[axis];
                rest /= sizes[axis];
            }
            return place;
        };
    }
}
