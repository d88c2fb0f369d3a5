package org.dreamboothactors.diffusion.weights.archive;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(value = 5, unit = TimeUnit.SECONDS)
class TarMembersTest {
    private static final int BLOCK = 512;

    @TempDir
    Path folder;

    private final ByteArrayOutputStream tar = new ByteArrayOutputStream();

    @Test
    void findsFilesUnderShortAndLongNames() throws IOException {
        String path = "a/".repeat(80) + "model.ckpt";
        add("./model_config.yaml", '0', "x: 1\n");
        add("PaxHeader", 'x', "180 path=" + path + "\n");
        add("short", '0', "weights");
        add("PaxHeader", 'x', "180 path=" + "b/".repeat(85) + "\n");
        add("folder", '5', "");
        add("last", '0', "");

        var members = TarMembers.read(written());

        assertThat(members.keySet()).containsExactly("model_config.yaml", path, "last");
        FileSlice weights = requireNonNull(members.get(path));
        byte[] content = new byte[7];
        weights.read(0, 7).get(content);
        assertThat(content).asString(StandardCharsets.US_ASCII).isEqualTo("weights");
    }

    @ParameterizedTest
    @CsvSource({
        "../../etc/passwd, 0, a member ../../etc/passwd",
        "a/../../b, 0, a member a/../../b",
        "/etc/passwd, 0, a member /etc/passwd",
        "..\\b, 0, a member ..\\b",
        "link, 2, link is of type 2",
        "pipe, 6, pipe is of type 6"
    })
    void refusesMembersThatLeaveTheArchive(String name, char type, String reason) throws IOException {
        add(name, type, "");
        FileSlice file = written();

        assertThatThrownBy(() -> TarMembers.read(file))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(reason);
    }

    @Test
    void refusesTheSameOfALongName() throws IOException {
        add("././@LongLink", 'L', "../".repeat(50) + "b\0");
        add("short", '0', "");
        FileSlice file = written();

        assertThatThrownBy(() -> TarMembers.read(file)).hasMessageContaining("a member ../../");
    }

    @Test
    void refusesANameThatFillsMemory() throws IOException {
        add("././@LongLink", 'L', "a".repeat(100_000));
        FileSlice file = written();

        assertThatThrownBy(() -> TarMembers.read(file)).hasMessageContaining("a name of 100000 bytes");
    }

    @Test
    void refusesAMemberBeyondTheEnd() throws IOException {
        add("model_weights.ckpt", '0', "x".repeat(2000));
        Path file = folder.resolve("cut.nemo");
        Files.write(file, Arrays.copyOf(tar.toByteArray(), 1500));

        assertThatThrownBy(() -> TarMembers.read(FileSlice.of(file)))
                .hasMessageContaining("a member of 2000 bytes begins at 512")
                .hasMessageContaining("cut short");
    }

    @Test
    void refusesADamagedHeader() throws IOException {
        add("model_weights.ckpt", '0', "x");
        byte[] bytes = tar.toByteArray();
        bytes[3] ^= 1;
        Path file = Files.write(folder.resolve("damaged.nemo"), bytes);

        assertThatThrownBy(() -> TarMembers.read(FileSlice.of(file)))
                .hasMessageContaining("header at byte 0 is damaged");
    }

    private FileSlice written() throws IOException {
        tar.writeBytes(new byte[2 * BLOCK]);
        return FileSlice.of(Files.write(folder.resolve("a.nemo"), tar.toByteArray()));
    }

    private void add(String name, char type, String content) {
        byte[] header = new byte[BLOCK];
        put(header, 0, name);
        put(header, 124, String.format("%011o", content.length()));
        put(header, 148, "        ");
        header[156] = (byte) type;
        put(header, 257, "ustar\00000");
        int sum = 0;
        for (byte value : header) {
            sum += Byte.toUnsignedInt(value);
        }
        put(header, 148, String.format("%06o\0 ", sum));
        tar.writeBytes(header);
        tar.writeBytes(content.getBytes(StandardCharsets.US_ASCII));
        tar.writeBytes(new byte[Math.floorMod(-content.length(), BLOCK)]);
    }

    private static void put(byte[] header, int at, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(bytes, 0, header, at, bytes.length);
    }
}
