package org.dreamboothactors.diffusion.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.dreamboothactors.diffusion.kernels.Arithmetic;
import org.dreamboothactors.diffusion.kernels.Kernels;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WeightsTest {
    @TempDir
    Path folder;

    @Test
    void refusesNumbersThatAreNotFinite() {
        assertThatThrownBy(() -> load(new float[] {1, Float.NaN}, new Shape(2)))
                .hasMessageContaining("a.weight holds numbers that are not finite");
        assertThatThrownBy(() -> load(new float[] {1, Float.POSITIVE_INFINITY}, new Shape(2)))
                .hasMessageContaining("a.weight holds numbers that are not finite");
    }

    @Test
    void keepsNothingOfWhatItRefuses() {
        try (Kernels kernels = Kernels.open(Runtime.getRuntime().availableProcessors())) {
            try (NDArray weight = kernels.manager().create(new float[] {1, Float.NaN});
                    NDArray bias = kernels.manager().zeros(new Shape(2))) {
                Safetensors.write(
                        Map.of("a.weight", weight, "a.bias", bias), Map.of(), folder.resolve("model.safetensors"));
            }
            int before = kernels.manager().getManagedArrays().size();

            assertThatThrownBy(() -> read(kernels)).hasMessageContaining("a.weight");
            assertThat(kernels.manager().getManagedArrays()).hasSize(before);
        }
    }

    @Test
    void namesAMisshapedTensorWithBothShapes() {
        assertThatThrownBy(() -> load(new float[] {1, 2, 3}, new Shape(3)))
                .hasMessageContaining("a.weight is (3), expected (2)");
    }

    @Test
    void refusesWholeNumbers() throws IOException {
        String header = "{\"a.weight\":{\"dtype\":\"I32\",\"shape\":[2],\"data_offsets\":[0,8]},"
                + "\"a.bias\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,16]}}";
        ByteBuffer bytes =
                ByteBuffer.allocate(Long.BYTES + header.length() + 16).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(header.length()).put(header.getBytes(StandardCharsets.US_ASCII));
        Files.write(folder.resolve("model.safetensors"), bytes.array());

        try (Kernels kernels = Kernels.open(Runtime.getRuntime().availableProcessors())) {
            assertThatThrownBy(() -> read(kernels)).hasMessageContaining("a.weight holds int32, expected floats");
        }
    }

    private void load(float[] numbers, Shape shape) {
        try (Kernels kernels = Kernels.open(Runtime.getRuntime().availableProcessors())) {
            NDArray weight = kernels.manager().create(numbers, shape);
            NDArray bias = kernels.manager().zeros(new Shape(2));
            Safetensors.write(
                    Map.of("a.weight", weight, "a.bias", bias), Map.of(), folder.resolve("model.safetensors"));
            read(kernels);
        }
    }

    private void read(Kernels kernels) {
        ExpectedShapes expected = new ExpectedShapes();
        expected.norm("a", 2);
        StoredWeights.of(folder, "part", expected, UnaryOperator.identity()).load(kernels);
    }

    /** What DJL makes of Java numbers lies in Java's memory, which is gone once nobody holds the first array. */
    @Test
    void whatStaysAsItWasOutlivesTheArrayItCameFrom() {
        try (Kernels kernels = Kernels.open(1)) {
            SortedMap<String, NDArray> numbers = new TreeMap<>();
            for (int i = 0; i < 1000; i++) {
                numbers.put("scale" + i, kernels.manager().create(7f));
            }
            Weights held = new Weights("unet", numbers).computing(new Arithmetic(true, true, true, false), kernels);
            numbers.clear();
            for (int round = 0; round < 3; round++) {
                System.gc();
                for (int i = 0; i < 2000; i++) {
                    ByteBuffer.allocateDirect(Float.BYTES).putFloat(0, 218);
                }
            }
            assertThat(held.byName().values())
                    .allSatisfy(number -> assertThat(number.getFloat()).isEqualTo(7));
        }
    }
}
