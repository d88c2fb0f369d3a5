package org.dreamboothactors.diffusion.weights.archive;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 5, unit = TimeUnit.SECONDS)
class ZipDirectoryTest {
    private static final int CENTRAL = 0x02014b50;
    private static final int PACKED_AT = 20;
    private static final int UNPACKED_AT = 24;
    private static final int HEADER_AT = 42;

    @TempDir
    Path folder;

    @Test
    void findsMembersOfAnArchiveInsideAnotherFile() throws IOException {
        byte[] zip = zip();
        ByteBuffer outer = ByteBuffer.allocate(1000 + zip.length + 77).put(1000, zip);
        Path file = Files.write(folder.resolve("outer"), outer.array());

        var members = ZipDirectory.read(new FileSlice(file, 1000, zip.length));

        assertThat(members.keySet()).containsExactlyInAnyOrder("a", "b");
        assertThat(requireNonNull(members.get("b")).content(10))
                .asString(StandardCharsets.US_ASCII)
                .isEqualTo("second");
    }

    @Test
    void refusesMembersThatOverlap() throws IOException {
        byte[] zip = zip();
        ByteBuffer bytes = ByteBuffer.wrap(zip).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putInt(central(bytes, 1) + HEADER_AT, 0);
        Path file = Files.write(folder.resolve("overlap.zip"), zip);

        assertThatThrownBy(() -> ZipDirectory.read(FileSlice.of(file)))
                .hasMessageContaining("members overlap at byte 0");
    }

    @Test
    void refusesAMemberOutsideTheArchive() throws IOException {
        byte[] zip = zip();
        ByteBuffer bytes = ByteBuffer.wrap(zip).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putInt(central(bytes, 1) + PACKED_AT, 1 << 20).putInt(central(bytes, 1) + UNPACKED_AT, 1 << 20);
        Path file = Files.write(folder.resolve("outside.zip"), zip);

        assertThatThrownBy(() -> ZipDirectory.read(FileSlice.of(file)))
                .hasMessageContaining("b lies at")
                .hasMessageContaining("cut short");
    }

    @Test
    void refusesAMemberThatUnpacksToGigabytes() throws IOException {
        byte[] zip = zip();
        ByteBuffer bytes = ByteBuffer.wrap(zip).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putInt(central(bytes, 1) + UNPACKED_AT, -2);
        Path file = Files.write(folder.resolve("bomb.zip"), zip);

        assertThatThrownBy(() -> ZipDirectory.read(FileSlice.of(file))).hasMessageContaining("zip bomb");
    }

    @Test
    void stopsUnpackingAtTheSizeAMemberClaims() throws IOException {
        byte[] zip = zip();
        ByteBuffer bytes = ByteBuffer.wrap(zip).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putInt(central(bytes, 1) + UNPACKED_AT, 3);
        Path file = Files.write(folder.resolve("lies.zip"), zip);

        assertThat(requireNonNull(ZipDirectory.read(FileSlice.of(file)).get("b"))
                        .content(10))
                .hasSize(3);
    }

    private byte[] zip() throws IOException {
        Path file = folder.resolve("whole.zip");
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            for (String[] member : new String[][] {{"a", "first"}, {"b", "second"}}) {
                zip.putNextEntry(new ZipEntry(member[0]));
                zip.write(member[1].getBytes(StandardCharsets.US_ASCII));
                zip.closeEntry();
            }
        }
        return Files.readAllBytes(file);
    }

    private static int central(ByteBuffer zip, int index) {
        int found = -1;
        for (int at = 0; at < zip.limit() - Integer.BYTES; at++) {
            if (zip.getInt(at) == CENTRAL) {
                found++;
                if (found == index) {
                    return at;
                }
            }
        }
        throw new AssertionError("no central header " + index);
    }
}
