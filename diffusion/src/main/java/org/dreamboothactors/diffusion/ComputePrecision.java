package org.dreamboothactors.diffusion;

import java.util.Arrays;
import java.util.stream.Collectors;

/** The numbers a model computes in. What learns, and an optimizer's moments, are fp32 in any case. */
public enum ComputePrecision {
    FP32("32"),
    /** Half the memory, and faster where the device has instructions for it. */
    BF16("bf16"),
    /** Whichever the device is faster in. */
    AUTO("auto");

    private final String word;

    ComputePrecision(String word) {
        this.word = word;
    }

    /** Its name in settings, NeMo's where that has one. */
    public String word() {
        return word;
    }

    /** By its name in settings. */
    public static ComputePrecision of(String name) {
        return Arrays.stream(values())
                .filter(precision -> precision.word.equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("There is no precision '" + name + "', expected one of "
                        + Arrays.stream(values()).map(ComputePrecision::word).collect(Collectors.joining(", "))));
    }
}
