package org.dreamboothactors.diffusion.images;

import org.dreamboothactors.diffusion.schedulers.Draws;
import org.dreamboothactors.diffusion.schedulers.Draws.Purpose;

/** Which square of a photo the model sees. */
public sealed interface Crop {

    /** Sides of the square, in pixels. */
    int resolution();

    /** The middle. */
    record Center(int resolution) implements Crop {}

    /** Anywhere, as the seed says. */
    record Random(int resolution, long seed) implements Crop {}

    /** The middle square. */
    static Crop center(int resolution) {
        return new Center(resolution);
    }

    /** A square at a place that {@code seed} chooses. */
    static Crop random(int resolution, long seed) {
        return new Random(resolution, seed);
    }

    /** Shorter side to the resolution, then the square. */
    default RgbImage apply(RgbImage photo) {
        RgbImage scaled = Resize.shortSide(photo, resolution());
        int spareWidth = scaled.width() - resolution();
        int spareHeight = scaled.height() - resolution();
        return switch (this) {
            case Center(int size) ->
                scaled.crop((int) Math.rint(spareWidth / 2.0), (int) Math.rint(spareHeight / 2.0), size, size);
            case Random(int size, long seed) -> {
                Draws draws = new Draws(seed);
                int left = draws.below(spareWidth + 1, Purpose.CROP, 0, 0);
                yield scaled.crop(left, draws.below(spareHeight + 1, Purpose.CROP, 0, 1), size, size);
            }
        };
    }
}
