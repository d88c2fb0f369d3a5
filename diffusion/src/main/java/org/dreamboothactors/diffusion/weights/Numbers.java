package org.dreamboothactors.diffusion.weights;

import ai.djl.ndarray.types.DataType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Floating point numbers as files hold them, little-endian. */
final class Numbers {
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfDouble DOUBLE =
            ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final int BF16_SHIFT = 16;
    private static final short BF16_NAN = 0x7fc0;
    private static final int BF16_HALF = 0x7fff;

    /** Reads element {@code index}. */
    @FunctionalInterface
    interface Reader {
        float at(MemorySegment bytes, long index);
    }

    /** Appends a number. */
    @FunctionalInterface
    interface Writer {
        void put(ByteBuffer target, float number);
    }

    private Numbers() {}

    static Reader reader(DataType type) {
        return switch (type) {
            case FLOAT64 -> (bytes, index) -> (float) bytes.get(DOUBLE, index * Double.BYTES);
            case FLOAT32 -> (bytes, index) -> bytes.get(FLOAT, index * Float.BYTES);
            case FLOAT16 -> (bytes, index) -> Float.float16ToFloat(bytes.get(SHORT, index * Short.BYTES));
            case BFLOAT16 ->
                (bytes, index) -> Float.intBitsToFloat(bytes.get(SHORT, index * Short.BYTES) << BF16_SHIFT);
            default -> throw new IllegalArgumentException("Cannot read numbers of type " + type + ", expected floats");
        };
    }

    static Writer writer(DataType type) {
        return switch (type) {
            case FLOAT32 -> ByteBuffer::putFloat;
            case FLOAT16 -> (target, number) -> target.putShort(Float.floatToFloat16(number));
            case BFLOAT16 -> (target, number) -> target.putShort(bf16(number));
            default ->
                throw new IllegalArgumentException(
                        "Cannot write numbers of type " + type + ", expected FLOAT32, FLOAT16 or BFLOAT16");
        };
    }

    /** The nearest bf16 number, the even one of two: what PyTorch's cast gives. */
    private static short bf16(float number) {
        if (Float.isNaN(number)) {
            return BF16_NAN; // to round some would make a number of them
        }
        int bits = Float.floatToRawIntBits(number);
        int even = (bits >>> BF16_SHIFT) & 1;
        return (short) ((bits + BF16_HALF + even) >>> BF16_SHIFT);
    }

    /** Whether a number would be finite in the type's range. */
    static boolean fits(DataType type, float number) {
        return switch (type) {
            case FLOAT16 -> Float.isFinite(Float.float16ToFloat(Float.floatToFloat16(number)));
            case BFLOAT16 -> Float.isFinite(Float.intBitsToFloat(bf16(number) << BF16_SHIFT));
            default -> Float.isFinite(number);
        };
    }
}
