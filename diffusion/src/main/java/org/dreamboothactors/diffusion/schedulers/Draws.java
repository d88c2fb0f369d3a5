package org.dreamboothactors.diffusion.schedulers;

/**
 * Random numbers that depend only on what they are for, never on what was drawn before.
 *
 * <p>Every stream is named by (seed, purpose, step, index). A resumed run and a run on other hardware therefore draw the
 * same numbers. {@link SplitMix64} over the mixed name gives the bits; {@link StrictMath} keeps the Gaussian
 * values equal on every machine.
 */
public record Draws(long seed) {

    /** What the numbers are for; two purposes never share a stream. The codes give a seed its meaning and stay. */
    public enum Purpose {
        INSTANCE_ORDER(1),
        CLASS_ORDER(2),
        TIMESTEP(3),
        POSTERIOR(4),
        NOISE(5),
        CROP(6),
        LATENT(7),
        SAMPLER(8),
        NOISE_OFFSET(9),
        LORA(10);

        private final int code;

        Purpose(int code) {
            this.code = code;
        }
    }

    /** {@code count} values of the standard normal distribution. */
    public float[] gaussian(Purpose purpose, long step, long index, int count) {
        long stream = stream(purpose, step, index);
        float[] values = new float[count];
        for (int i = 0; i < count; i += 2) {
            // Box-Muller; 1 - u keeps the logarithm away from zero.
            double radius = StrictMath.sqrt(-2 * StrictMath.log(1 - SplitMix64.unit(stream, i)));
            double angle = 2 * Math.PI * SplitMix64.unit(stream, i + 1L);
            values[i] = (float) (radius * StrictMath.cos(angle));
            if (i + 1 < count) {
                values[i + 1] = (float) (radius * StrictMath.sin(angle));
            }
        }
        return values;
    }

    /** One number of 0 to {@code bound - 1}, all equally likely. */
    public int below(int bound, Purpose purpose, long step, long index) {
        return Math.min(bound - 1, (int) (SplitMix64.unit(stream(purpose, step, index), 0) * bound));
    }

    /** The numbers 0 to {@code count - 1} in random order. */
    public int[] permutation(int count, Purpose purpose, long step) {
        int[] order = new int[count];
        for (int i = 0; i < count; i++) {
            int j = below(i + 1, purpose, step, i);
            order[i] = order[j];
            order[j] = i;
        }
        return order;
    }

    private long stream(Purpose purpose, long step, long index) {
        return SplitMix64.mix(SplitMix64.mix(SplitMix64.mix(SplitMix64.mix(seed) + purpose.code) + step) + index);
    }
}
