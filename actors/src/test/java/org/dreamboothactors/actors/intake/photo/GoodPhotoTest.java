package org.dreamboothactors.actors.intake.photo;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.color.ICC_Profile;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import org.dreamboothactors.diffusion.images.RgbImage;
import org.dreamboothactors.protocol.v1.PhotoVerdict;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GoodPhotoTest extends ExamTest {
    /** The quadrants' colours when their values are those of linear light. */
    private static final List<Integer> BRIGHTER = List.of(0xef606e, 0x60db85, 0x6e85e5, 0xf8ef7a);

    @ParameterizedTest
    @ValueSource(
            strings = {"plain.jpg", "progressive.jpg", "cmyk.jpg", "ycck.jpg", "still.gif", "plain.bmp", "still.webp"})
    void keepsTheColours(String name) throws Exception {
        RgbImage picture = accepted(Photos.file(name));

        assertThat(picture.width()).isEqualTo(96);
        assertThat(picture.height()).isEqualTo(64);
        assertQuadrants(picture, QUADRANTS);
    }

    /** Release 3.14.0 of the decoder turned some lossy pictures into other colours. */
    @Test
    void decodesLossyWebpAsLibwebpDoes() throws Exception {
        byte[] ours = accepted(Photos.file("lossy.webp")).rgb();
        byte[] theirs = accepted(Photos.file("lossy-webp.png")).rgb();
        long apart = 0;
        for (int i = 0; i < ours.length; i++) {
            apart += Math.abs(Byte.toUnsignedInt(ours[i]) - Byte.toUnsignedInt(theirs[i]));
        }

        assertThat((double) apart / ours.length).isLessThan(3); // of 255: chroma is spread over pixels in another way
    }

    @ParameterizedTest
    @ValueSource(strings = {"palette.png", "rgba.png"})
    void laysWhatIsTransparentOnWhite(String name) throws Exception {
        assertQuadrants(
                accepted(Photos.file(name)), List.of(QUADRANTS.get(0), QUADRANTS.get(1), QUADRANTS.get(2), WHITE));
    }

    @ParameterizedTest
    @ValueSource(strings = {"gray.jpg", "gray16.png", "gray-alpha.png"})
    void takesGreyAsItIsStored(String name) throws Exception {
        assertQuadrants(accepted(Photos.file(name)), List.of(0x404040, 0x808080, 0xc0c0c0, WHITE));
    }

    @Test
    void bringsSixteenBitsToEight() throws Exception {
        ComponentColorModel deep = new ComponentColorModel(
                ColorSpace.getInstance(ColorSpace.CS_sRGB),
                true,
                false,
                Transparency.TRANSLUCENT,
                DataBuffer.TYPE_USHORT);
        BufferedImage image =
                new BufferedImage(deep, deep.createCompatibleWritableRaster(96, 64), deep.isAlphaPremultiplied(), null);
        for (int y = 0; y < 64; y++) {
            for (int x = 0; x < 96; x++) {
                int quadrant = (y < 32 ? 0 : 2) + (x < 48 ? 0 : 1);
                int alpha = quadrant == 3 ? 0x8000 : 0xffff;
                image.getRaster().setPixel(x, y, new int[] {quadrant * 0x4000, 0x8080, 0, alpha});
            }
        }

        assertQuadrants(accepted(Photos.png(image)), List.of(0x008000, 0x408000, 0x808000, 0xdfbf7f));
    }

    @ParameterizedTest
    @CsvSource({
        "1, 0123", "2, 1032", "3, 3210", "4, 2301",
        "5, 0213", "6, 2031", "7, 3120", "8, 1302"
    })
    void turnsThePhotoAsItsCameraWasHeld(int orientation, String quadrants) throws Exception {
        RgbImage picture = accepted(Photos.oriented(Photos.file("plain.jpg"), orientation));

        assertThat(picture.width()).isEqualTo(orientation < 5 ? 96 : 64);
        assertThat(picture.height()).isEqualTo(orientation < 5 ? 64 : 96);
        assertQuadrants(
                picture,
                quadrants.chars().mapToObj(digit -> QUADRANTS.get(digit - '0')).toList());
    }

    @Test
    void turnsPngToo() throws Exception {
        byte[] png = Photos.withChunk(Photos.file("palette.png"), "eXIf", Photos.exif(8));

        assertQuadrants(accepted(png), List.of(QUADRANTS.get(1), WHITE, QUADRANTS.get(0), QUADRANTS.get(2)));
    }

    @Test
    void takesAnOrientationThatMakesNoSenseForUpright() throws Exception {
        assertQuadrants(accepted(Photos.oriented(Photos.file("plain.jpg"), 9)), QUADRANTS);
    }

    @Test
    void followsAnEmbeddedColourProfile() throws Exception {
        byte[] linear = ICC_Profile.getInstance(ColorSpace.CS_LINEAR_RGB).getData();
        byte[] png = Photos.withChunk(
                Photos.png(ImageOf.quadrants()), "iCCP", Photos.join(new byte[] {'l', 0, 0}, Photos.deflated(linear)));

        assertQuadrants(accepted(Photos.withProfile(Photos.file("plain.jpg"), linear)), BRIGHTER);
        assertQuadrants(accepted(png), BRIGHTER);
    }

    @Test
    void takesABrokenColourProfileForNone() throws Exception {
        byte[] broken = ICC_Profile.getInstance(ColorSpace.CS_LINEAR_RGB).getData();
        Arrays.fill(broken, 100, broken.length, (byte) 0x55);
        byte[] png = Photos.withChunk(
                Photos.png(ImageOf.quadrants()), "iCCP", Photos.join(new byte[] {'l', 0, 0}, Photos.deflated(broken)));

        assertQuadrants(accepted(png), QUADRANTS);
    }

    @Test
    void dropsMetadataAndGivesEqualBytesForEqualPixels() throws Exception {
        byte[] secret = "the photographer's garden".getBytes(ISO_8859_1);
        byte[] plain = Photos.png(ImageOf.quadrants());
        accepted(plain);
        byte[] first = Files.readAllBytes(folder.resolve("clean.png"));

        accepted(Photos.withChunk(plain, "tEXt", Photos.join(new byte[] {'k', 0}, secret)));

        assertThat(folder.resolve("clean.png")).hasBinaryContent(first);
    }

    @Test
    void looksAtContentAndNotAtWhatFollowsTheEnd() throws Exception {
        byte[] phone = Photos.join(Photos.file("plain.jpg"), new byte[5000]); // a film clip, on some phones

        assertQuadrants(accepted(phone), QUADRANTS);
    }

    @Test
    void acceptsTheSmallestSideAndNoneBelow() throws Exception {
        assertThat(accepted(Photos.png(64, 65, 0x123456)).width()).isEqualTo(64);
        Files.delete(folder.resolve("clean.png"));
        assertRefused(Photos.png(63, 200, 0), PhotoVerdict.TOO_SMALL, "63 x 200", "at least 64");
    }
}
