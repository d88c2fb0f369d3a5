package org.dreamboothactors.diffusion.lora;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.dreamboothactors.diffusion.kernels.Kernels;
import org.dreamboothactors.diffusion.models.UNet2DConditionModel;
import org.dreamboothactors.diffusion.schedulers.Draws;
import org.dreamboothactors.diffusion.schedulers.Draws.Purpose;
import org.dreamboothactors.diffusion.weights.Weights;

/**
 * Weights of a part with adapters beside some linear layers and convolutions: {@code W x} becomes
 * {@code W x + scale * B (A x)}.
 *
 * <p>Adapters lie among the weights under the names and in the shapes that peft gives them, {@code <layer>.lora_A.weight}
 * (rank, in) and {@code <layer>.lora_B.weight} (out, rank), of a convolution (rank, in, k, k) and (out, rank, 1, 1), where
 * the kernels find them. They alone learn.
 */
public final class LoraLayers {
    static final String A = ".lora_A.weight";
    static final String B = ".lora_B.weight";
    private static final String SCALE = ".lora_scale";
    private static final String WEIGHT = ".weight";
    /** Of the weights of linear layers and of convolutions. */
    private static final Set<Integer> ADAPTED_AXES = Set.of(2, 4);

    private LoraLayers() {}

    /**
     * Adds adapters that change nothing yet: A normal with deviation 1 / rank (peft's "gaussian"), B zero.
     *
     * @param seed decides A
     */
    public static Weights fresh(Weights base, LoraSettings settings, long seed, Kernels kernels) {
        Draws draws = new Draws(seed);
        long part = base.part().equals(UNet2DConditionModel.PART) ? 0 : 1;
        SortedMap<String, NDArray> adapters = new TreeMap<>();
        for (String layer : layers(base, settings.targets().getOrDefault(base.part(), List.of()))) {
            Shape weight = of(base.byName(), layer + WEIGHT).getShape(); // (out, in) or (out, in, k, k)
            Shape down = down(weight, settings.rank());
            float[] numbers = draws.gaussian(Purpose.LORA, part, adapters.size(), Math.toIntExact(down.size()));
            for (int i = 0; i < numbers.length; i++) {
                numbers[i] /= settings.rank();
            }
            NDManager manager = kernels.manager();
            adapters.put(layer + A, manager.create(numbers, down));
            adapters.put(layer + B, manager.zeros(up(weight, settings.rank())));
        }
        SortedMap<String, NDArray> all = new TreeMap<>(base.byName());
        adapters.forEach((name, array) -> {
            array.setRequiresGradient(true);
            all.put(name, array);
            if (name.endsWith(A)) {
                all.put(layerOf(name, A) + SCALE, kernels.manager().create((float) settings.scale()));
            }
        });
        return new Weights(base.part(), all, base.arithmetic());
    }

    private static Shape down(Shape weight, long rank) {
        long[] axes = weight.getShape().clone();
        axes[0] = rank;
        return new Shape(axes);
    }

    private static Shape up(Shape weight, long rank) {
        long[] axes = new long[weight.dimension()];
        Arrays.fill(axes, 1);
        axes[0] = weight.get(0);
        axes[1] = rank;
        return new Shape(axes);
    }

    private static List<String> layers(Weights base, List<String> targets) {
        List<String> layers = base.byName().entrySet().stream()
                .filter(entry -> entry.getKey().endsWith(WEIGHT)
                        && ADAPTED_AXES.contains(entry.getValue().getShape().dimension()))
                .map(entry -> layerOf(entry.getKey(), WEIGHT))
                .toList();
        for (String target : targets) {
            if (layers.stream().noneMatch(layer -> isNamed(layer, target))) {
                throw new IllegalArgumentException(
                        "Cannot train a LoRA: " + base.part() + " has no linear layer or convolution named " + target
                                + ", expected at least one. Change the targets.");
            }
        }
        return layers.stream()
                .filter(layer -> targets.stream().anyMatch(target -> isNamed(layer, target)))
                .toList();
    }

    private static boolean isNamed(String layer, String target) {
        return layer.equals(target) || layer.endsWith("." + target);
    }

    private static NDArray of(Map<String, NDArray> arrays, String name) {
        return Objects.requireNonNull(arrays.get(name), name);
    }

    private static String layerOf(String name, String ending) {
        return name.substring(0, name.length() - ending.length());
    }

    /** A and B of every adapted layer, by name. */
    static SortedMap<String, NDArray> adapters(Weights adapted) {
        SortedMap<String, NDArray> adapters = new TreeMap<>(adapted.byName());
        adapters.keySet().removeIf(name -> !name.endsWith(A) && !name.endsWith(B));
        return adapters;
    }

    /** The part's own weights, by name, as they are without adapters. */
    public static SortedMap<String, NDArray> own(Weights adapted) {
        SortedMap<String, NDArray> own = new TreeMap<>(adapted.byName());
        own.keySet().removeIf(name -> name.endsWith(A) || name.endsWith(B) || name.endsWith(SCALE));
        return own;
    }

    /**
     * A weight with what the adapters beside it add: a model of such weights needs no adapters.
     *
     * @param weight fp32, of the layer that {@code name} names
     * @param owner of the result, where it is another than {@code weight}
     */
    public static NDArray merged(String name, NDArray weight, Weights adapted, NDManager owner) {
        Map<String, NDArray> all = adapted.byName();
        String layer = name.endsWith(WEIGHT) ? layerOf(name, WEIGHT) : name;
        return all.containsKey(layer + A) ? merged(weight, all, layer, owner) : weight;
    }

    private static NDArray merged(NDArray weight, Map<String, NDArray> all, String layer, NDManager owner) {
        try (NDManager scratch = owner.newSubManager()) {
            NDArray b = of(all, layer + B).stopGradient();
            NDArray a = of(all, layer + A).stopGradient();
            b.attach(scratch);
            a.attach(scratch);
            NDArray product = b.flatten(1, -1).matMul(a.flatten(1, -1)).reshape(weight.getShape());
            NDArray sum = weight.add(product.mul(of(all, layer + SCALE)));
            sum.attach(owner);
            return sum;
        }
    }
}
