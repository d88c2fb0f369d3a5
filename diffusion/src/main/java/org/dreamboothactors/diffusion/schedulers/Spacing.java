package org.dreamboothactors.diffusion.schedulers;

/** How the timesteps of a pass are spread over those of training ("Common Diffusion Noise Schedules", table 2). */
public enum Spacing {
    /** From the first to the last, both included. */
    LINSPACE,
    /** Multiples of a whole ratio, from below. */
    LEADING,
    /** Multiples of a ratio, from above. */
    TRAILING;

    /** {@code count} timesteps out of {@code trained}, falling. */
    int[] timesteps(int count, int trained, int offset) {
        int[] steps = new int[count];
        for (int i = 0; i < count; i++) {
            int fromEnd = count - 1 - i;
            steps[i] = switch (this) {
                case LINSPACE -> (int) Math.rint(count == 1 ? 0 : (trained - 1.0) * fromEnd / (count - 1));
                case LEADING -> fromEnd * (trained / count) + offset;
                case TRAILING -> (int) Math.rint(trained - i * ((double) trained / count)) - 1;
            };
        }
        return steps;
    }

    /** As {@link #timesteps}, but leaving out the last of {@code count + 1}, as DPM-Solver does. */
    int[] timestepsBeforeLast(int count, int trained, int offset) {
        int[] steps = new int[count];
        for (int i = 0; i < count; i++) {
            int fromEnd = count - i;
            steps[i] = switch (this) {
                case LINSPACE -> (int) Math.rint((trained - 1.0) * fromEnd / count);
                case LEADING -> fromEnd * (trained / (count + 1)) + offset;
                case TRAILING -> (int) Math.rint(trained - i * ((double) trained / count)) - 1;
            };
        }
        return steps;
    }
}
