package org.dreamboothactors.diffusion.training;

import java.util.function.Function;
import java.util.function.Supplier;
import org.dreamboothactors.diffusion.images.RgbImage;
import org.dreamboothactors.diffusion.schedulers.Draws;
import org.dreamboothactors.diffusion.schedulers.Draws.Purpose;

/** A picture that steps train on. */
public sealed interface Sample {
    /** What errors call it. */
    String id();

    /**
     * Its moments, means, then log-variances.
     *
     * @param step counted from 0
     * @param place of the sample in the whole step
     */
    float[] moments(long step, long place);

    /**
     * Encoded before: the same in each step.
     *
     * @param kept beside Java's heap: thousands of class images at 1024 pixels are more than that holds
     */
    record Latent(String id, Supplier<float[]> kept) implements Sample {
        @Override
        public float[] moments(long step, long place) {
            return kept.get();
        }
    }

    /**
     * Encoded anew each time, the square at a place that the seed, the step and the sample's place in it choose.
     *
     * @param scaled whose shorter side is the resolution
     * @param encode a square to its moments
     */
    record Photo(String id, Supplier<RgbImage> scaled, Draws draws, Function<RgbImage, float[]> encode)
            implements Sample {
        @Override
        public float[] moments(long step, long place) {
            RgbImage photo = scaled.get();
            int side = Math.min(photo.width(), photo.height());
            int left = draws.below(photo.width() - side + 1, Purpose.CROP, step, 2 * place);
            int top = draws.below(photo.height() - side + 1, Purpose.CROP, step, 2 * place + 1);
            return encode.apply(photo.crop(left, top, side, side));
        }
    }
}
