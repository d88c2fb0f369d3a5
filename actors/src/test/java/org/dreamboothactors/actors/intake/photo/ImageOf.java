package org.dreamboothactors.actors.intake.photo;

import java.awt.image.BufferedImage;

/** Pictures made here. */
final class ImageOf {
    private ImageOf() {}

    /** The picture of {@code plain.jpg}. */
    static BufferedImage quadrants() {
        BufferedImage image = new BufferedImage(96, 64, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < 64; y++) {
            for (int x = 0; x < 96; x++) {
                image.setRGB(x, y, ExamTest.QUADRANTS.get((y < 32 ? 0 : 2) + (x < 48 ? 0 : 1)));
            }
        }
        return image;
    }
}
