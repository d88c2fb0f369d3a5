package org.dreamboothactors.actors.intake.photo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.dreamboothactors.protocol.v1.PhotoVerdict;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostilePhotoTest extends ExamTest {
    private static final int CORRUPTIONS = 200;

    @Test
    void tellsAnEmptyFile() {
        assertRefused(new byte[0], PhotoVerdict.EMPTY, "empty");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "I am a photo, trust my name",
                "BM is how some texts begin, and bitmaps too, if they are",
                "<svg xmlns='http://www.w3.org/2000/svg'/>",
                "%PDF-1.7",
                "G",
                "GIF90a and more",
                "\0\0\0 ftypheic and more"
            })
    void tellsWhatIsNoPicture(String content) {
        assertRefused(content.getBytes(UTF_8), PhotoVerdict.NOT_AN_IMAGE, "expected JPEG, PNG");
    }

    @Test
    void refusesByTheHeaderWhatIsTooLarge() {
        assertRefused(Photos.pngThatClaims(30_000, 30_000), PhotoVerdict.TOO_LARGE, "30000 x 30000", "16384");
        assertRefused(Photos.pngThatClaims(-1, 100), PhotoVerdict.TOO_LARGE, "16384");
        assertRefused(Photos.pngThatClaims(10_000, 10_000), PhotoVerdict.TOO_LARGE, "100 million", "64 million");
        byte[] jpeg = Photos.file("plain.jpg");
        int frame = indexOf(jpeg, 0xff, 0xc0);
        ByteBuffer.wrap(jpeg).putShort(frame + 5, (short) 65_500).putShort(frame + 7, (short) 65_500);
        assertRefused(jpeg, PhotoVerdict.TOO_LARGE, "65500 x 65500");
    }

    @ParameterizedTest
    @ValueSource(strings = {"animated.gif", "animated.png", "animated.webp"})
    void tellsAnAnimation(String name) {
        assertRefused(Photos.file(name), PhotoVerdict.ANIMATED, "3 frames");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "plain.jpg",
                "progressive.jpg",
                "cmyk.jpg",
                "gray16.png",
                "palette.png",
                "still.gif",
                "plain.bmp",
                "still.webp"
            })
    void tellsAPhotoThatIsCutOffAnywhere(String name) {
        byte[] whole = Photos.file(name);
        for (int length = 40; length < whole.length; length += 1 + whole.length / 50) {
            assertRefused(Arrays.copyOf(whole, length), PhotoVerdict.UNDECODABLE, "cut off");
        }
        assertRefused(Arrays.copyOf(whole, whole.length - 1), PhotoVerdict.UNDECODABLE, "cut off");
    }

    @Test
    void tellsATruncatedJpegThatWasGivenAnEnd() {
        byte[] cut = Photos.file("truncated.jpg");
        assertRefused(cut, PhotoVerdict.UNDECODABLE, "cut off", "8737 bytes");

        byte[] closed = Photos.join(cut, new byte[] {(byte) 0xff, (byte) 0xd9});
        assertRefused(closed, PhotoVerdict.UNDECODABLE, "not whole", "premature end");
    }

    @Test
    void tellsAPngWithDamagedData() {
        byte[] png = Photos.png(ImageOf.quadrants());
        png[indexOf(png, 'I', 'D', 'A', 'T') + 10] ^= 1;

        assertRefused(png, PhotoVerdict.UNDECODABLE, "IDAT", "checksum");
    }

    @ParameterizedTest
    @Timeout(120)
    @ValueSource(
            strings = {"plain.jpg", "progressive.jpg", "cmyk.jpg", "palette.png", "gray16.png", "still.gif", "plain.bmp"
            })
    void hasAVerdictForEveryCorruption(String name) throws Exception {
        byte[] whole = Photos.file(name);
        for (int seed = 0; seed < CORRUPTIONS; seed++) {
            byte[] corrupt = corrupted(whole, new Random(seed));
            try {
                accepted(corrupt);
            } catch (RefusedPhoto refused) {
                assertThat(refused).as("seed %d", seed).message().isNotBlank();
            } catch (RuntimeException e) {
                throw new AssertionError("no verdict for " + name + " with seed " + seed, e);
            }
        }
    }

    private static byte[] corrupted(byte[] whole, Random random) {
        byte[] corrupt =
                random.nextInt(4) == 0 ? Arrays.copyOf(whole, 1 + random.nextInt(whole.length)) : whole.clone();
        int changes = 1 + random.nextInt(8);
        for (int i = 0; i < changes; i++) {
            corrupt[random.nextInt(corrupt.length)] = (byte) random.nextInt(256);
        }
        return corrupt;
    }

    private static int indexOf(byte[] content, int... wanted) {
        for (int i = 0; i + wanted.length <= content.length; i++) {
            int at = i;
            if (IntStream.range(0, wanted.length).allMatch(k -> Byte.toUnsignedInt(content[at + k]) == wanted[k])) {
                return i;
            }
        }
        throw new AssertionError("not there");
    }
}
