package org.dreamboothactors.diffusion.lora;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.dreamboothactors.diffusion.kernels.Kernels;
import org.dreamboothactors.diffusion.weights.Safetensors;
import org.dreamboothactors.diffusion.weights.Weights;

/**
 * Adds what a LoRA file changes to the weights of a model, in place: linear layers and convolutions, in the names of
 * diffusers (peft and before) and of kohya's sd-scripts.
 */
public final class LoraMerge {
    private static final String ALPHA = ".alpha";

    /** Of an attention. Before peft its processor held the adapters, and the text encoder's had the UNet's names. */
    private static final Pattern PROJECTION = Pattern.compile("(.*)\\.(?:to_(q|k|v|out)(?:\\.0)?|(q|k|v|out)_proj)");

    /** How formats call the two halves of an adapter. */
    private record Ending(String down, String up) {}

    private static final List<Ending> ENDINGS = List.of(
            new Ending(LoraLayers.A, LoraLayers.B),
            new Ending(".lora_down.weight", ".lora_up.weight"),
            new Ending("_lora.down.weight", "_lora.up.weight"),
            new Ending(".lora.down.weight", ".lora.up.weight"),
            new Ending(".lora_linear_layer.down.weight", ".lora_linear_layer.up.weight"));

    private final Path path;
    private final Safetensors file;
    private final Map<String, NDArray> weights = new TreeMap<>();
    private final Set<String> used = new HashSet<>();
    private final Alphas alphas;

    private LoraMerge(Path path, List<Weights> parts) {
        this.path = path;
        this.file = Safetensors.open(path);
        for (Weights part : parts) {
            part.byName().forEach((name, array) -> {
                names(part.part(), name.replaceFirst("\\.weight$", "")).forEach(known -> weights.put(known, array));
            });
        }
        this.alphas = new Alphas(file.metadata().getOrDefault(LoraFiles.METADATA, "{}"), this::refused);
    }

    /** What files call a layer. */
    private static List<String> names(String part, String layer) {
        List<String> names = new ArrayList<>(LoraFiles.kohyaNames(part, layer));
        names.add(part + "." + layer);
        names.add(part + "." + layer.replaceFirst("^text_model\\.", "")); // transformers 5 has no root in its names
        Matcher projection = PROJECTION.matcher(layer);
        if (projection.matches()) {
            String old = "to_" + Objects.requireNonNullElse(projection.group(2), projection.group(3));
            names.add(part + "." + projection.group(1) + ".processor." + old);
            names.add(part + "." + projection.group(1) + "." + old);
        }
        return names;
    }

    /**
     * Changes {@code parts}. Throws {@link IllegalArgumentException} for a tensor that no layer has a place for, before
     * or after others were merged: the weights are of no use then.
     *
     */
    public static void into(List<Weights> parts, AddedLora lora, Kernels kernels) {
        LoraMerge merge = new LoraMerge(lora.file(), parts);
        for (String name : merge.file.names()) {
            for (Ending ending : ENDINGS) {
                if (name.endsWith(ending.down())) {
                    String layer =
                            name.substring(0, name.length() - ending.down().length());
                    merge.add(layer, name, layer + ending.up(), lora.weight(), kernels);
                }
            }
        }
        merge.refuseUnused();
    }

    private void add(String layer, String down, String up, double strength, Kernels kernels) {
        Optional<NDArray> weight = Optional.ofNullable(weights.get(layer));
        if (weight.isEmpty()) {
            throw refused("it changes " + layer, "layers that the model has");
        }
        if (!file.names().contains(up)) {
            throw refused("it has " + down + " and lacks " + up, "both");
        }
        used.addAll(List.of(down, up, layer + ALPHA));
        try (NDManager scratch = kernels.manager().newSubManager()) {
            NDArray a = file.fp32(down, scratch);
            NDArray b = file.fp32(up, scratch);
            long rank = a.getShape().dimension() == 0 ? 0 : a.getShape().get(0);
            if (rank == 0) {
                throw refused(down + " is " + a.getShape(), "a matrix");
            }
            long width = a.size() / rank;
            requireFits(layer, b.getShape(), a.getShape(), weight.get().getShape());
            NDArray change = b.reshape(-1, rank)
                    .matMul(a.reshape(rank, width))
                    .mul((float) (strength * scale(layer, rank, scratch)))
                    .reshape(weight.get().getShape());
            try (NDArray sum = change.sum()) {
                if (!Float.isFinite(sum.getFloat())) {
                    throw refused(layer + " holds numbers that are not finite", "finite ones");
                }
            }
            kernels.assign(weight.get(), change.add(weight.get())); // in this order the sum is scratch's to free
        }
    }

    /** The same number of elements is not enough: a transposed pair has it too. */
    private void requireFits(String layer, Shape up, Shape down, Shape weight) {
        long rank = down.get(0);
        long rows = weight.dimension() == 0 ? 1 : weight.get(0);
        boolean fits = up.dimension() > 0
                && up.get(0) == rows
                && up.size() == rows * rank
                && rows * (down.size() / rank) == weight.size();
        if (!fits) {
            throw refused(
                    layer + " is " + up + " times " + down,
                    "as many rows as the weight and a product as large, " + weight);
        }
    }

    /** alpha / rank; alpha is the rank where the file does not say. */
    private double scale(String layer, long rank, NDManager scratch) {
        if (file.names().contains(layer + ALPHA)) {
            NDArray alpha = file.fp32(layer + ALPHA, scratch);
            if (alpha.size() != 1) {
                throw refused(layer + ALPHA + " is " + alpha.getShape(), "one number");
            }
            return alpha.toFloatArray()[0] / rank;
        }
        return alphas.scale(layer, rank);
    }

    private void refuseUnused() {
        for (String name : file.names()) {
            if (!used.contains(name)) {
                throw refused("it has " + name, "pairs of down and up, and alpha, of layers");
            }
        }
    }

    private IllegalArgumentException refused(String what, String expected) {
        return new IllegalArgumentException("Cannot merge LoRA " + path + ": " + what + ", expected " + expected
                + ". Is it made for this kind of model?");
    }
}
