package org.dreamboothactors.diffusion.training;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** Which optimizer changes the weights. */
public enum OptimizerKind {
    /** Moments in fp32: 8 bytes a parameter. */
    ADAMW,
    /** Moments in 8 bits and a scale for every 256 of them: 2 bytes a parameter (Dettmers et al. 2022). */
    ADAMW_8BIT;

    /** By its name in settings, {@code adamw_8bit}. */
    public static OptimizerKind of(String name) {
        return Arrays.stream(values())
                .filter(kind -> kind.word().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("There is no optimizer '" + name
                        + "', expected one of "
                        + Arrays.stream(values()).map(OptimizerKind::word).collect(Collectors.joining(", "))));
    }

    /** Its name in settings. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
