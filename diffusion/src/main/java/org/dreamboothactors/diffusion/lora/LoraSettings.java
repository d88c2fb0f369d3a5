package org.dreamboothactors.diffusion.lora;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.dreamboothactors.diffusion.models.CLIPTextModel;
import org.dreamboothactors.diffusion.models.UNet2DConditionModel;

/**
 * How many numbers learn, and beside which layers.
 *
 * @param rank width of the bottleneck, 1 to 1024
 * @param alpha what adapters add is multiplied by {@code alpha / rank}
 * @param targets ends of the names of the adapted linear layers and convolutions, by part
 */
public record LoraSettings(int rank, double alpha, Map<String, List<String>> targets) {
    private static final int LARGEST_RANK = 1024;

    /** The attention projections, as diffusers' train_dreambooth_lora.py adapts them. */
    private static final Map<String, List<String>> ATTENTION = Map.of(
            UNet2DConditionModel.PART, List.of("to_q", "to_k", "to_v", "to_out.0"),
            CLIPTextModel.PART, List.of("q_proj", "k_proj", "v_proj", "out_proj"));

    /** Refuses numbers that no adapter can have. */
    public LoraSettings {
        targets = Map.copyOf(targets);
        if (rank < 1 || rank > LARGEST_RANK) {
            throw new IllegalArgumentException("Cannot train a LoRA: its rank is " + rank + ", expected 1 to "
                    + LARGEST_RANK + ". Change the run's settings.");
        }
        if (!(alpha > 0) || !Double.isFinite(alpha)) {
            throw new IllegalArgumentException("Cannot train a LoRA: its alpha is " + alpha
                    + ", expected a number above 0. Change the run's settings.");
        }
    }

    /** Adapters of the attention's projections. */
    public static LoraSettings attention(int rank, double alpha) {
        return new LoraSettings(rank, alpha, ATTENTION);
    }

    /**
     * Adapters of the UNet's layers whose names end so, and of the text encoder's attention, as diffusers'
     * {@code --lora_layers} has it.
     *
     * @param targets e.g. {@code to_q}, {@code ff.net.2} or {@code conv1}; none: the attention's projections
     */
    public static LoraSettings of(int rank, double alpha, List<String> targets) {
        Map<String, List<String>> all = new HashMap<>(ATTENTION);
        if (!targets.isEmpty()) {
            all.put(UNet2DConditionModel.PART, List.copyOf(targets));
        }
        return new LoraSettings(rank, alpha, all);
    }

    double scale() {
        return alpha / rank;
    }
}
