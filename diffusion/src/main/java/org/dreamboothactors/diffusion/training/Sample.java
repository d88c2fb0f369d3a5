package org.dreamboothactors.diffusion.training;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
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
     * @param kept fp32, beside Java's heap: thousands of class images at 1024 pixels are more than that holds
     */
    record Latent(String id, MemorySegment kept) implements Sample {
        static Latent of(String id, float[] moments) {
            return new Latent(id, Arena.ofAuto().allocateFrom(ValueLayout.JAVA_FLOAT, moments));
        }

        @Override
        public float[] moments(long step, long place) {
            return kept.toArray(ValueLayout.JAVA_FLOAT);
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
