package org.dreamboothactors.diffusion.weights.pickle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.dreamboothactors.diffusion.BaseModelImport;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Files of strangers at the door where base models come in: refused in words, soon, in little memory, without a trace. */
@Timeout(60)
class HostileModelTest {
    private static final Path SD1 =
            Path.of("src/test/resources/golden/single-file-three-levels/model-bf16.safetensors");
    private static final long MOST_HEAP_BYTES = 64 << 20;
    private static final Duration LONGEST = Duration.ofSeconds(5);
    private static final int TAR_BLOCK = 512;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @TempDir
    Path folder;

    /** Writes a file below a folder. */
    @FunctionalInterface
    interface Attack {
        Path write(Path folder) throws IOException;
    }

    static Stream<Arguments> attacks() {
        return Stream.of(
                attack("it wants posix.system", HostileModelTest::system),
                attack("a bare pickle", in -> bare(in, "cos\nsystem\n(S'touch pwned'\ntR.")),
                attack("a bare pickle", in -> bare(in, "\u0080\u0004\u0095\u0000(S'x'\nl.")),
                attack("packed by gzip", in -> Files.write(in.resolve("m.nemo"), new byte[] {0x1f, (byte) 0x8b, 8, 0})),
                attack("unpacks", HostileModelTest::bomb),
                attack("4294967296 bytes", in -> safetensors(in, 4L << 30, "{}")),
                attack("a is no object", in -> many(in, "{\"a\":[", "[],", "[]]}")),
                attack("shape [] and more", in -> many(in, "{\"a\":{\"shape\":[", "[],", "[]]}}")),
                attack("more than 1000000 values", in -> many(in, "{\"a\":{\"x\":[", "[],", "[]]}}")),
                attack("config has 9000004 characters", in -> many(in, settings("["), "[],", "[]]\"}}")),
                attack("has 10002 characters", in -> many(in, "{\"", "model.".repeat(1667), "\":{}}", 1)),
                attack("overlaps", in -> tensors(in, "[0,16]", "[8,24]")),
                attack("cut short", in -> tensors(in, "[0,16]", "[16,1600]")),
                attack("b lies at -16", in -> tensors(in, "[0,16]", "[-16,0]")),
                attack("is NaN", HostileModelTest::notANumber),
                attack("has type I16", HostileModelTest::wholeNumbers),
                attack("cut short", in -> half(in, SD1)),
                attack("cut short", in -> half(in, SD1.resolveSibling("model.ckpt"))),
                attack("../evil", HostileModelTest::climbing));
    }

    @ParameterizedTest
    @MethodSource("attacks")
    void refuses(String reason, Attack attack) throws IOException {
        Path file = attack.write(folder);
        long start = System.nanoTime();
        long before = THREADS.getCurrentThreadAllocatedBytes();

        assertThatThrownBy(() -> BaseModelImport.convert(file, folder.resolve("out"), List.of()))
                .isInstanceOfAny(IllegalArgumentException.class, UnsupportedOperationException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining(reason);

        assertThat(THREADS.getCurrentThreadAllocatedBytes() - before).isLessThan(MOST_HEAP_BYTES);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(LONGEST);
        assertThat(folder).isDirectoryNotContaining(path -> path.toString().contains("out"));
        assertThat(Path.of("pwned")).doesNotExist();
    }

    private static Arguments attack(String reason, Attack attack) {
        return Arguments.of(reason, attack);
    }

    private static Path system(Path folder) throws IOException {
        return new PickleZip()
                .global("posix", "system")
                .text("touch pwned")
                .op(0x85)
                .op('R')
                .write(folder.resolve("m.ckpt"));
    }

    private static Path bare(Path folder, String pickle) throws IOException {
        return Files.write(folder.resolve("m.ckpt"), pickle.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** 128 MiB of zeros in 128 KiB. */
    private static Path bomb(Path folder) throws IOException {
        int numbers = 1 << 25;
        return new PickleZip()
                .packed()
                .tensor("0", numbers, 0, new int[] {numbers}, new int[] {1})
                .member("archive/data/0", new byte[numbers * Float.BYTES])
                .write(folder.resolve("m.ckpt"));
    }

    private static Path tensors(Path folder, String first, String second) throws IOException {
        String tensor = "{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":";
        String header = "{\"a\":" + tensor + first + "},\"b\":" + tensor + second + "}}";
        return safetensors(folder, header.length(), header);
    }

    private static Path safetensors(Path folder, long headerBytes, String header) throws IOException {
        ByteBuffer bytes =
                ByteBuffer.allocate(Long.BYTES + header.length() + 24).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(headerBytes).put(header.getBytes(StandardCharsets.US_ASCII));
        return Files.write(folder.resolve("m.safetensors"), bytes.array());
    }

    /** A header of 9 MB; as a tree it would be 150 MB. */
    private static Path many(Path folder, String start, String each, String end) throws IOException {
        return many(folder, start, each, end, 3_000_000);
    }

    private static Path many(Path folder, String start, String each, String end, int times) throws IOException {
        String header = start + each.repeat(times) + end;
        return safetensors(folder, header.length(), header);
    }

    private static String settings(String start) {
        return "{\"__metadata__\":{\"dreambooth_actors.config\":\"" + start;
    }

    private static Path notANumber(Path folder) throws IOException {
        Path tokenizer = Files.createDirectory(folder.resolve("tokenizer"));
        Files.writeString(
                tokenizer.resolve("vocab.json"),
                IntStream.range(0, 24).mapToObj(i -> "\"" + i + "\":" + i).collect(Collectors.joining(",", "{", "}")));
        byte[] bytes = Files.readAllBytes(SD1);
        bytes[bytes.length - 1] = 0x7f; // the last bf16 number
        bytes[bytes.length - 2] = (byte) 0xc0;
        return Files.write(folder.resolve("m.safetensors"), bytes);
    }

    private static Path wholeNumbers(Path folder) throws IOException {
        String text = new String(Files.readAllBytes(SD1), StandardCharsets.ISO_8859_1);
        return Files.write(
                folder.resolve("m.safetensors"),
                text.replaceFirst("\"BF16\"", "\"I16\" ").getBytes(StandardCharsets.ISO_8859_1));
    }

    private static Path half(Path folder, Path whole) throws IOException {
        byte[] bytes = Files.readAllBytes(whole);
        return Files.write(folder.resolve("m.bin"), Arrays.copyOf(bytes, bytes.length / 2));
    }

    /** A tar archive with one empty member outside of it. */
    private static Path climbing(Path folder) throws IOException {
        byte[] header = new byte[TAR_BLOCK];
        put(header, 0, "../evil");
        put(header, 100, "0000644\0000000000\0000000000\00000000000000\00000000000000\0");
        Arrays.fill(header, 148, 156, (byte) ' ');
        header[156] = '0';
        put(header, 257, "ustar\00000");
        int sum = 0;
        for (byte each : header) {
            sum += Byte.toUnsignedInt(each);
        }
        put(header, 148, String.format(Locale.ROOT, "%06o\0 ", sum));
        ByteArrayOutputStream tar = new ByteArrayOutputStream();
        tar.writeBytes(header);
        tar.writeBytes(new byte[2 * TAR_BLOCK]);
        return Files.write(folder.resolve("m.nemo"), tar.toByteArray());
    }

    private static void put(byte[] header, int at, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(bytes, 0, header, at, bytes.length);
    }
}
