package org.dreamboothactors.diffusion.conformance;

import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A reference case on disk: {@code case.json} and, mostly, {@code io.safetensors}.
 *
 * <p>The tensors are read here and not by the product's weight reader, because cases also hold fp64 numbers.
 *
 * @param tensors by name, {@code in.*} and {@code out.*}
 */
record CaseFolder(Path path, JsonNode settings, SortedMap<String, Tensor> tensors) {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .build();

    static CaseFolder read(Path path) throws IOException {
        JsonNode settings = JSON.readTree(path.resolve("case.json").toFile());
        Path io = path.resolve("io.safetensors");
        return new CaseFolder(path, settings, Files.exists(io) ? tensors(Files.readAllBytes(io)) : new TreeMap<>());
    }

    private static SortedMap<String, Tensor> tensors(byte[] content) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
        int headerLength = Math.toIntExact(bytes.getLong());
        JsonNode header = JSON.readTree(new String(content, Long.BYTES, headerLength, StandardCharsets.UTF_8));
        int start = Long.BYTES + headerLength;
        SortedMap<String, Tensor> tensors = new TreeMap<>();
        for (Map.Entry<String, JsonNode> entry : header.properties()) {
            JsonNode node = entry.getValue();
            if (!entry.getKey().equals("__metadata__")) {
                int from = node.get("data_offsets").get(0).asInt();
                int to = node.get("data_offsets").get(1).asInt();
                ByteBuffer data = bytes.slice(start + from, to - from).order(ByteOrder.LITTLE_ENDIAN);
                List<Long> shape = new ArrayList<>();
                node.get("shape").forEach(axis -> shape.add(axis.asLong()));
                tensors.put(
                        entry.getKey(),
                        new Tensor(List.copyOf(shape), values(node.get("dtype").asText(), data)));
            }
        }
        return tensors;
    }

    private static double[] values(String type, ByteBuffer data) throws IOException {
        int size = switch (type) {
            case "BOOL", "U8", "I8" -> Byte.BYTES;
            case "F16", "BF16", "I16" -> Short.BYTES;
            case "F32", "I32" -> Float.BYTES;
            case "F64", "I64" -> Double.BYTES;
            default ->
                throw new IOException(
                        "tensor type " + type + " is not one of F16, BF16, F32, F64, BOOL, U8, I8, I16, I32, I64");
        };
        double[] values = new double[data.remaining() / size];
        for (int i = 0; i < values.length; i++) {
            values[i] = switch (type) {
                case "BOOL", "U8" -> Byte.toUnsignedInt(data.get());
                case "I8" -> data.get();
                case "F16" -> Float.float16ToFloat(data.getShort());
                case "BF16" -> Float.intBitsToFloat(data.getShort() << Short.SIZE);
                case "I16" -> data.getShort();
                case "F32" -> data.getFloat();
                case "F64" -> data.getDouble();
                case "I32" -> data.getInt();
                default -> data.getLong();
            };
        }
        return values;
    }

    Tensor tensor(String name) {
        Tensor tensor = tensors.get(name);
        if (tensor == null) {
            throw new IllegalArgumentException("Cannot run the case: io.safetensors lacks " + name
                    + ", expected the tensors of its kind. Make the case again.");
        }
        return tensor;
    }

    /** A folder beside or below the case that {@code case.json} names under {@code key}. */
    Path folder(String key) {
        return path.resolve(settings.path(key).asText(key)).normalize();
    }

    String kind() {
        return settings.path("kind").asText("(none)");
    }
}
