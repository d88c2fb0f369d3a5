package org.dreamboothactors.actors.intake.photo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.dreamboothactors.diffusion.images.Png;
import org.dreamboothactors.diffusion.images.RgbImage;
import org.dreamboothactors.protocol.v1.PhotoVerdict;
import org.junit.jupiter.api.io.TempDir;

/** Examines photos in this JVM and looks at their clean copies. */
abstract class ExamTest {
    static final List<Integer> QUADRANTS = List.of(0xdc1e28, 0x1eb43c, 0x283cc8, 0xf0dc32); // red, green, blue, yellow
    static final int WHITE = 0xffffff;

    @TempDir
    Path folder;

    RgbImage accepted(byte[] photo) throws IOException, RefusedPhoto {
        Path clean = folder.resolve("clean.png");
        PhotoExam.Size size = PhotoExam.examine(Files.write(folder.resolve("photo"), photo), clean);
        RgbImage picture = Png.read(clean);
        assertThat(size).isEqualTo(new PhotoExam.Size(picture.width(), picture.height()));
        return picture;
    }

    RefusedPhoto refused(byte[] photo) {
        return catchThrowableOfType(RefusedPhoto.class, () -> accepted(photo));
    }

    void assertRefused(byte[] photo, PhotoVerdict verdict, String... reason) {
        RefusedPhoto refused = refused(photo);
        assertThat(refused.verdict()).isEqualTo(verdict);
        assertThat(refused).hasMessageContainingAll(reason);
        assertThat(folder.resolve("clean.png")).doesNotExist();
    }

    /** The colours in the middle of the four quadrants, row by row, are these, as far as JPEG can tell. */
    static void assertQuadrants(RgbImage picture, List<Integer> colours) {
        List<Integer> found = new ArrayList<>();
        for (int quadrant = 0; quadrant < 4; quadrant++) {
            int x = picture.width() * (1 + 2 * (quadrant % 2)) / 4;
            int y = picture.height() * (1 + 2 * (quadrant / 2)) / 4;
            int at = (y * picture.width() + x) * RgbImage.CHANNELS;
            int colour = 0;
            for (int c = 0; c < RgbImage.CHANNELS; c++) {
                colour = (colour << 8) | (picture.rgb()[at + c] & 0xff);
            }
            found.add(colour);
        }
        assertThat(found)
                .usingElementComparator((a, b) -> isNear(a, b) ? 0 : 1)
                .as("quadrants %s", found.stream().map(Integer::toHexString).toList())
                .isEqualTo(colours);
    }

    private static boolean isNear(int a, int b) {
        int most = 0;
        for (int shift = 0; shift < 24; shift += 8) {
            most = Math.max(most, Math.abs((a >> shift & 0xff) - (b >> shift & 0xff)));
        }
        return most <= 2;
    }
}
