package org.dreamboothactors.diffusion.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.dreamboothactors.diffusion.kernels.Kernels;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SafetensorsTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"FLOAT32", "FLOAT16"})
    void readsWhatItWrote(String type) {
        Path file = folder.resolve("a.safetensors");
        try (Kernels kernels = Kernels.open(Runtime.getRuntime().availableProcessors())) {
            NDArray numbers = kernels.manager().create(new float[] {1, -2, 0.5f, 96, 0, 7}, new Shape(2, 3));
            NDArray stored = numbers.toType(DataType.valueOf(type), true);
            Safetensors.write(Map.of("b", stored, "a", numbers), Map.of("step", "7"), file);

            Safetensors back = Safetensors.open(file);
            assertThat(back.names()).containsExactly("a", "b");
            assertThat(back.metadata()).containsEntry("step", "7");
            NDArray read = back.fp32("b", kernels.manager());
            assertThat(read.getShape()).isEqualTo(new Shape(2, 3));
            assertThat(read.toFloatArray()).containsExactly(1, -2, 0.5f, 96, 0, 7);
        }
    }

    @Test
    void leavesNothingWhereATensorIsNotAsAnnounced() throws IOException {
        Path file = folder.resolve("a.safetensors");
        Map<String, Shape> announced = Map.of("a", new Shape(2), "b", new Shape(2));
        try (Kernels kernels = Kernels.open(Runtime.getRuntime().availableProcessors())) {
            Safetensors.write(announced, (_, scratch) -> scratch.ones(new Shape(2)), kernels.manager(), Map.of(), file);
            byte[] before = Files.readAllBytes(file);

            assertThatThrownBy(() -> Safetensors.write(
                            announced,
                            (name, scratch) -> scratch.ones(new Shape(name.equals("a") ? 2 : 3)),
                            kernels.manager(),
                            Map.of(),
                            file))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("Cannot write b: it is float32 (3), expected float32 (2)");
            assertThat(folder).isDirectoryContaining(path -> path.equals(file));
            assertThat(folder).isDirectoryNotContaining(path -> !path.equals(file));
            assertThat(file).hasBinaryContent(before);
        }
    }

    @Test
    void widensHalfPrecisionOfTheOtherKind() throws IOException {
        Path file = bf16((short) 0x3f80, (short) 0xc000, (short) 0x7f80);

        try (Kernels kernels = Kernels.open(Runtime.getRuntime().availableProcessors())) {
            float[] numbers =
                    Safetensors.open(file).fp32("a", kernels.manager()).toFloatArray();

            assertThat(numbers).containsExactly(1, -2, Float.POSITIVE_INFINITY);
        }
    }

    /** A child process has 1 GiB of it, and a UNet of bf16 numbers 3.2 GiB of fp32. */
    @Test
    void takesNoneOfJavasMemoryForTheWidenedNumbers() throws IOException {
        short[] numbers = new short[1 << 20];
        Arrays.fill(numbers, (short) 0x3f80);
        Path file = bf16(numbers);
        BufferPoolMXBean direct = ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .findFirst()
                .orElseThrow();

        try (Kernels kernels = Kernels.open(Runtime.getRuntime().availableProcessors())) {
            long before = direct.getMemoryUsed();
            NDArray wide = Safetensors.open(file).fp32("a", kernels.manager());

            assertThat(direct.getMemoryUsed() - before).isLessThan(numbers.length);
            assertThat(wide.sum().getFloat()).isEqualTo(numbers.length);
        }
    }

    private Path bf16(short... numbers) throws IOException {
        int size = numbers.length * Short.BYTES;
        String header =
                "{\"a\":{\"dtype\":\"BF16\",\"shape\":[" + numbers.length + "],\"data_offsets\":[0," + size + "]}}";
        ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES + header.length() + size)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(header.length())
                .put(header.getBytes(StandardCharsets.UTF_8));
        for (short number : numbers) {
            bytes.putShort(number);
        }
        return Files.write(folder.resolve("bf16.safetensors"), bytes.array());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,12]}} | 16 bytes",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[400],\"data_offsets\":[0,1600]}} | cut short",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[-4],\"data_offsets\":[0,16]}} | shape [-4]",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[4611686018427387904,8],\"data_offsets\":[0,0]}} | whole numbers",
                "{\"a\":{\"dtype\":\"Q4\",\"shape\":[4],\"data_offsets\":[0,16]}} | type Q4",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,16]},\"b\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[8,24]}} | overlaps",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[1,1,1,1,1,1,1,1,4],\"data_offsets\":[0,16]}} | at most 8",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[99999999999999999999],\"data_offsets\":[0,16]}} | shape [-1]",
                "{\"a\":[{}]} | a is no object",
                "{\"a\":{\"dtype\":\"F32\" | no JSON",
                "[] | its header is no object",
                "not json | no JSON"
            })
    void refusesAHeaderThatLies(String header, String reason) throws IOException {
        assertThatThrownBy(() -> Safetensors.open(file(header.length(), header)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(reason.strip());
    }

    /** Other programs keep a thumbnail there, and fields of their own. */
    @Test
    void keepsLargeMetadataAndReadsOverWhatItDoesNotKnow() throws IOException {
        String picture = "x".repeat(4 << 20);
        String header = "{\"__metadata__\":{\"thumbnail\":\"" + picture + "\",\"n\":7,\"odd\":{\"a\":[1]}},"
                + "\"a\":{\"more\":[{\"dtype\":[]}],\"data_offsets\":[0,16],\"shape\":[2,2],\"dtype\":\"F32\"}}   ";

        Safetensors read = Safetensors.open(file(header.length(), header));

        assertThat(read.metadata()).isEqualTo(Map.of("thumbnail", picture, "n", "7", "odd", ""));
        assertThat(read.tensor("a").shape()).isEqualTo(new Shape(2, 2));
    }

    @Test
    void refusesAHeaderOfFourGigabytesWithoutReadingIt() throws IOException {
        Path file = file(4L << 30, "{}");

        assertThatThrownBy(() -> Safetensors.open(file)).hasMessageContaining("4294967296 bytes");
    }

    @Test
    void refusesAnEmptyFile() throws IOException {
        Path file = Files.createFile(folder.resolve("empty.safetensors"));

        assertThatThrownBy(() -> Safetensors.open(file)).hasMessageContaining("ends after 0 bytes");
    }

    private Path file(long headerLength, String header) throws IOException {
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES + text.length + 24).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(headerLength).put(text);
        return Files.write(folder.resolve("b.safetensors"), bytes.array());
    }
}
