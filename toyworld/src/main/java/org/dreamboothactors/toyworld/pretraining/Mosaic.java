package org.dreamboothactors.toyworld.pretraining;

import java.nio.file.Path;
import java.util.List;
import org.dreamboothactors.diffusion.images.Png;
import org.dreamboothactors.diffusion.images.RgbImage;

/** Pictures of one size side by side, twice as large. */
final class Mosaic {
    private static final int SCALE = 2;

    private Mosaic() {}

    static void write(List<RgbImage> pictures, int columns, Path png) {
        int side = pictures.getFirst().width();
        int rows = (pictures.size() + columns - 1) / columns;
        int width = columns * side * SCALE;
        byte[] rgb = new byte[width * rows * side * SCALE * RgbImage.CHANNELS];
        for (int i = 0; i < pictures.size(); i++) {
            int left = i % columns * side * SCALE;
            int top = i / columns * side * SCALE;
            byte[] from = pictures.get(i).rgb();
            for (int y = 0; y < side * SCALE; y++) {
                for (int x = 0; x < side * SCALE; x++) {
                    System.arraycopy(
                            from,
                            (y / SCALE * side + x / SCALE) * RgbImage.CHANNELS,
                            rgb,
                            ((top + y) * width + left + x) * RgbImage.CHANNELS,
                            RgbImage.CHANNELS);
                }
            }
        }
        Png.write(new RgbImage(width, rows * side * SCALE, rgb), png);
    }
}
