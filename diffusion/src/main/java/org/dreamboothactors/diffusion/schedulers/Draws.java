package org.dreamboothactors.diffusion.schedulers;

/**
 * Random numbers that depend only on what they are for, never on what was drawn before.
 *
 * <p>Every stream is named by (seed, purpose, step, index). A resumed run and a run on other hardware therefore draw the
 * same numbers. SplitMix64 (Steele et al. 2014) over the mixed name gives the bits; {@link StrictMath} keeps the Gaussian
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

    private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;
    private static final double UNIT = 0x1.0p-53;

    /** {@code count} values of the standard normal distribution. */
    public float[] gaussian(Purpose purpose, long step, long index, int count) {
        long stream = stream(purpose, step, index);
        float[] values = new float[count];
        for (int i = 0; i < count; i += 2) {
            // Box-Muller; 1 - u keeps the logarithm away from zero.
            double radius = StrictMath.sqrt(-2 * StrictMath.log(1 - unit(stream, i)));
            double angle = 2 * Math.PI * unit(stream, i + 1L);
            values[i] = (float) (radius * StrictMath.cos(angle));
            if (i + 1 < count) {
                values[i + 1] = (float) (radius * StrictMath.sin(angle));
            }
        }
        return values;
    }

    /** One number of 0 to {@code bound - 1}, all equally likely. */
    public int below(int bound, Purpose purpose, long step, long index) {
        return Math.min(bound - 1, (int) (unit(stream(purpose, step, index), 0) * bound));
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
        return mix(mix(mix(mix(seed) + purpose.code) + step) + index);
    }

    private static double unit(long stream, long position) {
        return (mix(stream + GOLDEN_GAMMA * (position + 1)) >>> 11) * UNIT;
    }

    private static long mix(long value) {
        long z = value + GOLDEN_GAMMA;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
