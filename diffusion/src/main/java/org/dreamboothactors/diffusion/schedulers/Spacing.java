package org.dreamboothactors.diffusion.schedulers;

/**
 * How the timesteps of a pass are spread over those of training ("Common Diffusion Noise Schedules", table 2).
 *
 * <p>Computed with the roundings of numpy, because a timestep at a half must fall on the side it falls on in diffusers.
 */
public enum Spacing {
    /** From the first to the last, both included. */
    LINSPACE,
    /** Multiples of a whole ratio, from below. */
    LEADING,
    /** Multiples of a ratio, from above. */
    TRAILING;

    /** {@code count} whole timesteps out of {@code trained}, falling. */
    int[] timesteps(int count, int trained, int offset) {
        return rounded(places(count, trained, offset));
    }

    /** {@code count} timesteps out of {@code trained}, falling; LINSPACE does not round them. */
    double[] places(int count, int trained, int offset) {
        double[] places = new double[count];
        for (int i = 0; i < count; i++) {
            int fromEnd = count - 1 - i;
            places[i] = switch (this) {
                case LINSPACE -> line(trained - 1, fromEnd, count - 1);
                case LEADING -> fromEnd * (trained / count) + offset;
                case TRAILING -> Math.rint(falling(trained, (double) trained / count, i)) - 1;
            };
        }
        return places;
    }

    /**
     * As {@link #timesteps}, but leaving out the last of {@code count + 1}, as DPM-Solver does.
     *
     * @param last timesteps that may be used, the first ones; fewer than {@code trained} where the noisiest are cut off
     */
    int[] timestepsBeforeLast(int count, int trained, int last, int offset) {
        double stride = (double) trained / count;
        double[] places = new double[this == TRAILING ? Math.min(count, (int) Math.ceil(last / stride)) : count];
        for (int i = 0; i < places.length; i++) {
            int fromEnd = count - i;
            places[i] = switch (this) {
                case LINSPACE -> line(last - 1, fromEnd, count);
                case LEADING -> fromEnd * (last / (count + 1)) + offset;
                case TRAILING -> Math.rint(falling(last, stride, i)) - 1;
            };
        }
        return rounded(places);
    }

    /** Number {@code i} of a line from 0 to {@code end} in {@code parts} parts: {@code numpy.linspace}. */
    private static double line(double end, int i, int parts) {
        if (parts == 0) {
            return 0;
        }
        return i == parts ? end : i * (end / parts);
    }

    /** Number {@code i} of {@code numpy.arange(start, 0, -stride)}, which finds the stride again by subtraction. */
    private static double falling(double start, double stride, int i) {
        return start + i * ((start - stride) - start);
    }

    private static int[] rounded(double[] places) {
        int[] timesteps = new int[places.length];
        for (int i = 0; i < places.length; i++) {
            timesteps[i] = (int) Math.rint(places[i]);
        }
        return timesteps;
    }
}
