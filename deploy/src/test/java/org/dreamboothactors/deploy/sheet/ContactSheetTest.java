package org.dreamboothactors.deploy.sheet;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class ContactSheetTest {
    @Test
    void showsEveryPictureOfEveryRow() {
        var red = new ContactSheet.Cell("a photo of a sks teapot in the snow", square(Color.RED));
        var blue = new ContactSheet.Cell("", square(Color.BLUE));

        BufferedImage sheet = ContactSheet.compose(
                "demo",
                List.of(
                        new ContactSheet.Row("photos", List.of(red, blue)),
                        new ContactSheet.Row("none", List.of()),
                        new ContactSheet.Row("twelve", Collections.nCopies(12, blue))));

        int cell = ContactSheet.CELL * ContactSheet.CELL;
        assertThat(count(sheet, Color.RED)).isEqualTo(cell);
        assertThat(count(sheet, Color.BLUE)).isEqualTo(13L * cell);
    }

    private static BufferedImage square(Color color) {
        BufferedImage picture = new BufferedImage(64, 64, BufferedImage.TYPE_INT_RGB);
        var canvas = picture.createGraphics();
        canvas.setColor(color);
        canvas.fillRect(0, 0, 64, 64);
        canvas.dispose();
        return picture;
    }

    private static long count(BufferedImage sheet, Color color) {
        int[] pixels = sheet.getRGB(0, 0, sheet.getWidth(), sheet.getHeight(), null, 0, sheet.getWidth());
        return java.util.Arrays.stream(pixels)
                .filter(pixel -> pixel == color.getRGB())
                .count();
    }
}
