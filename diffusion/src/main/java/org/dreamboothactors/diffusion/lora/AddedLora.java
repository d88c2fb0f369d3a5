package org.dreamboothactors.diffusion.lora;

import java.nio.file.Path;

/**
 * Adapters that are added to a model's weights.
 *
 * @param file safetensors in the names of diffusers or of kohya's sd-scripts
 * @param weight multiplies what they change; 1 is what was trained
 */
public record AddedLora(Path file, double weight) {
    private static final double LARGEST = 100;

    /** Refuses weights that are no numbers, or by a slip of the pen. */
    public AddedLora {
        if (!(Math.abs(weight) <= LARGEST)) {
            throw new IllegalArgumentException(
                    "Cannot add a LoRA with weight " + weight + ", expected " + -LARGEST + " to " + LARGEST);
        }
    }
}
