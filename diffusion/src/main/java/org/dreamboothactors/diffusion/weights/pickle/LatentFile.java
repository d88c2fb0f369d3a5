package org.dreamboothactors.diffusion.weights.pickle;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.dreamboothactors.diffusion.weights.Safetensors;
import org.dreamboothactors.diffusion.weights.SafetensorsWriter;
import org.dreamboothactors.diffusion.weights.TensorBytes;
import org.dreamboothactors.diffusion.weights.TensorSource;
import org.dreamboothactors.diffusion.weights.WholeFile;

/**
 * Cached latents as NeMo's DreamBooth keeps them ({@code dreambooth_dataset.py}): one {@code .pt} file a picture with the
 * moments that the VAE gave.
 *
 * @param shape (2 C, h, w), means first, then log-variances
 * @param moments row by row, finite
 */
@SuppressWarnings("ArrayRecordComponent") // a megabyte of numbers; compared by nobody
public record LatentFile(Shape shape, float[] moments) {
    /** The tensor's name in safetensors. */
    public static final String MOMENTS = "moments";

    private static final int AXES = 3;
    /** Moments of a picture of 8192 x 8192 pixels, four times the largest side there is. */
    private static final int MOST_NUMBERS = 1 << 23;

    private static final int PROTOCOL = 2;

    /** Refuses shapes that are no moments, and numbers that are not finite. */
    public LatentFile {
        if (shape.dimension() != AXES || shape.get(0) % 2 != 0 || shape.size() != moments.length || shape.size() == 0) {
            throw new IllegalArgumentException("Cannot use latents: they are " + shape + " (" + moments.length
                    + " numbers), expected moments (8, h, w). Cache them again");
        }
        for (float number : moments) {
            if (!Float.isFinite(number)) {
                throw new IllegalArgumentException(
                        "Cannot use latents: they hold " + number + ", expected finite numbers. Cache them again");
            }
        }
    }

    /** Reads fp32, fp16 or bf16; throws {@link IllegalArgumentException} for a file that holds something else. */
    public static LatentFile read(Path file) {
        TensorSource tensor = TorchFile.open(file).tensor();
        if (!tensor.type().isFloating()) {
            throw new IllegalArgumentException(
                    "Cannot use latents " + file + ": they are " + tensor.type() + ", expected floats");
        }
        if (tensor.shape().size() > MOST_NUMBERS) { // a packed file may unpack to more than memory
            throw new IllegalArgumentException("Cannot use latents " + file + ": they are " + tensor.shape()
                    + ", expected at most " + MOST_NUMBERS + " numbers");
        }
        try {
            return new LatentFile(tensor.shape(), tensor.floats());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(e.getMessage() + " (" + file + ")", e);
        }
    }

    /** Reads moments that {@link #writeSafetensors} or an encoder wrote. */
    public static LatentFile readSafetensors(Path file) {
        TensorSource tensor = Safetensors.open(file).sources().get(MOMENTS);
        if (tensor == null) {
            throw new IllegalArgumentException(
                    "Cannot use latents " + file + ": they have no tensor " + MOMENTS + ", expected one");
        }
        return new LatentFile(tensor.shape(), tensor.floats());
    }

    /** Writes them as an encoder does: one tensor {@code moments}, fp32. */
    public void writeSafetensors(Path file) {
        TensorSource tensor = TensorSource.rowMajor(MOMENTS, new TensorBytes.Held(numbers()), DataType.FLOAT32, shape);
        SafetensorsWriter.write(
                Map.of(MOMENTS, SafetensorsWriter.Entry.of(List.of(tensor), shape, DataType.FLOAT32)), Map.of(), file);
    }

    /** Writes fp32, as {@code torch.load(weights_only=True)} reads; an existing file is replaced, whole or not at all. */
    public void write(Path file) {
        String folder = String.valueOf(file.getFileName()).replaceFirst("\\.pt$", "") + "/";
        Map<String, byte[]> members = new LinkedHashMap<>();
        members.put("data.pkl", pickle());
        members.put("byteorder", "little".getBytes(StandardCharsets.US_ASCII));
        members.put("data/0", numbers());
        members.put("version", "3\n".getBytes(StandardCharsets.US_ASCII));
        WholeFile.write(file, out -> {
            ZipOutputStream zip = new ZipOutputStream(Channels.newOutputStream(out));
            for (Map.Entry<String, byte[]> member : members.entrySet()) {
                zip.putNextEntry(stored(folder + member.getKey(), member.getValue()));
                zip.write(member.getValue());
                zip.closeEntry();
            }
            zip.finish();
        });
    }

    /** Same numbers, same bytes: no date. */
    private static ZipEntry stored(String name, byte[] content) {
        CRC32 sum = new CRC32();
        sum.update(content);
        ZipEntry entry = new ZipEntry(name);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(content.length);
        entry.setCrc(sum.getValue());
        entry.setTimeLocal(java.time.LocalDateTime.of(1980, 1, 1, 0, 0));
        return entry;
    }

    private byte[] numbers() {
        ByteBuffer bytes = ByteBuffer.allocate(moments.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(moments);
        return bytes.array();
    }

    /** {@code _rebuild_tensor_v2(storage, 0, sizes, strides, False, OrderedDict())}, the call torch.save writes. */
    private byte[] pickle() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(new byte[] {(byte) 0x80, PROTOCOL});
        global(out, "torch._utils", "_rebuild_tensor_v2");
        out.write('(');
        out.write('(');
        text(out, "storage");
        global(out, "torch", "FloatStorage");
        text(out, "0");
        text(out, "cpu");
        number(out, moments.length);
        out.write('t');
        out.write('Q');
        number(out, 0);
        tuple(out, shape.get(0), shape.get(1), shape.get(2));
        tuple(out, shape.get(1) * shape.get(2), shape.get(2), 1);
        out.write(0x89); // needs no gradient
        global(out, "collections", "OrderedDict");
        out.writeBytes(new byte[] {')', 'R', 't', 'R', '.'});
        return out.toByteArray();
    }

    private static void global(ByteArrayOutputStream out, String module, String name) {
        out.writeBytes(("c" + module + "\n" + name + "\n").getBytes(StandardCharsets.US_ASCII));
    }

    private static void text(ByteArrayOutputStream out, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        out.write('X');
        out.writeBytes(little(bytes.length));
        out.writeBytes(bytes);
    }

    private static void number(ByteArrayOutputStream out, long number) {
        out.write('J');
        out.writeBytes(little(Math.toIntExact(number)));
    }

    private static void tuple(ByteArrayOutputStream out, long a, long b, long c) {
        number(out, a);
        number(out, b);
        number(out, c);
        out.write(0x87);
    }

    private static byte[] little(int number) {
        return ByteBuffer.allocate(Integer.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(number)
                .array();
    }
}
