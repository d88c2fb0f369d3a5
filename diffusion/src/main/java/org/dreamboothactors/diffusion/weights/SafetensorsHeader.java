package org.dreamboothactors.diffusion.weights;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The table of contents of a safetensors file. A file is not believed: every range is checked before a byte is read.
 *
 * @param tensors by name
 * @param metadata free text by key
 */
record SafetensorsHeader(SortedMap<String, StoredTensor> tensors, Map<String, String> metadata) {
    /** What the format's own library allows. */
    private static final long LARGEST_HEADER = 100_000_000;

    static SafetensorsHeader read(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            ByteBuffer length = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            fill(channel, length, file);
            long headerBytes = length.getLong(0);
            if (headerBytes < 2 || headerBytes > Math.min(LARGEST_HEADER, channel.size() - Long.BYTES)) {
                throw refused(
                        file,
                        "its header claims " + headerBytes + " bytes",
                        "2 to " + Math.min(LARGEST_HEADER, Math.max(2, channel.size() - Long.BYTES)));
            }
            ByteBuffer header = ByteBuffer.allocate((int) headerBytes);
            fill(channel, header, file);
            return checked(file, HeaderParser.parse(file, header.array()), Long.BYTES + headerBytes, channel.size());
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    "Cannot read " + file + ": its header is no JSON (" + e.getOriginalMessage()
                            + "), expected a safetensors file",
                    e);
        }
    }

    private static SafetensorsHeader checked(Path file, HeaderParser.Content header, long start, long end) {
        SortedMap<String, StoredTensor> tensors = new TreeMap<>();
        header.tensors().forEach((name, told) -> tensors.put(name, tensor(file, name, told, start, end)));
        refuseOverlap(file, tensors);
        return new SafetensorsHeader(tensors, header.metadata());
    }

    private static StoredTensor tensor(Path file, String name, HeaderParser.Told told, long start, long end) {
        DataType type = type(file, name, told.dtype());
        long count = 1;
        long[] dimensions = new long[told.shape().size()];
        for (int i = 0; i < dimensions.length; i++) {
            dimensions[i] = told.shape().get(i);
            if (dimensions[i] < 0 || (dimensions[i] > 0 && count > Long.MAX_VALUE / 8 / dimensions[i])) {
                throw refused(file, name + " has shape " + told.shape(), "small whole numbers");
            }
            count *= dimensions[i];
        }
        long from = told.offset(0);
        long to = told.offset(1);
        long wanted = count * type.getNumOfBytes();
        if (from < 0 || to - from != wanted || to > end - start) {
            throw refused(
                    file,
                    name + " lies at " + from + " to " + to + " of " + (end - start) + " bytes",
                    wanted + " bytes for " + told.dtype() + " " + told.shape()
                            + " inside the file. It may be cut short: fetch it again");
        }
        return new StoredTensor(file, type, new Shape(dimensions), start + from, wanted);
    }

    private static DataType type(Path file, String name, String dtype) {
        return switch (dtype) {
            case "F64" -> DataType.FLOAT64;
            case "F32" -> DataType.FLOAT32;
            case "F16" -> DataType.FLOAT16;
            case "BF16" -> DataType.BFLOAT16;
            case "I64" -> DataType.INT64;
            case "I32" -> DataType.INT32;
            case "U8" -> DataType.UINT8;
            default -> throw refused(file, name + " has type " + dtype, "F64, F32, F16, BF16, I64, I32 or U8");
        };
    }

    private static void refuseOverlap(Path file, SortedMap<String, StoredTensor> tensors) {
        List<Map.Entry<String, StoredTensor>> byPlace = tensors.entrySet().stream()
                .sorted(Comparator.comparingLong(entry -> entry.getValue().offset()))
                .toList();
        for (int i = 1; i < byPlace.size(); i++) {
            StoredTensor before = byPlace.get(i - 1).getValue();
            if (before.offset() + before.sizeBytes() > byPlace.get(i).getValue().offset()) {
                throw refused(
                        file,
                        byPlace.get(i).getKey() + " overlaps "
                                + byPlace.get(i - 1).getKey(),
                        "tensors apart");
            }
        }
    }

    private static void fill(FileChannel channel, ByteBuffer buffer, Path file) throws IOException {
        while (buffer.hasRemaining()) {
            if (channel.read(buffer) < 0) {
                throw refused(file, "it ends after " + channel.size() + " bytes", "a safetensors file");
            }
        }
    }

    static IllegalArgumentException refused(Path file, String what, String expected) {
        return new IllegalArgumentException("Cannot read " + file + ": " + what + ", expected " + expected);
    }
}
