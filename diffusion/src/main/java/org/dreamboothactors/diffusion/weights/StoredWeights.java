package org.dreamboothactors.diffusion.weights;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.nio.file.Path;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.dreamboothactors.diffusion.kernels.Arithmetic;
import org.dreamboothactors.diffusion.kernels.Kernels;

/** The parameters of one part of a model in its folder, by their diffusers names; their numbers are read when asked for. */
public final class StoredWeights {
    private final Path folder;
    private final String part;
    private final Map<String, Shape> shapes;
    private final Map<String, StoredTensor> tensors;

    private StoredWeights(Path folder, String part, Map<String, Shape> shapes, Map<String, StoredTensor> tensors) {
        this.folder = folder;
        this.part = part;
        this.shapes = shapes;
        this.tensors = tensors;
    }

    /**
     * Reads the tables of contents of a part's folder.
     *
     * @param expected every parameter the model has; one that is missing, left over or misshaped is named
     * @param rename from the file's names to those of the model
     */
    public static StoredWeights of(Path folder, String part, ExpectedShapes expected, UnaryOperator<String> rename) {
        SortedMap<String, StoredTensor> stored = new TreeMap<>();
        WeightFiles.tensors(folder).forEach((name, tensor) -> stored.put(rename.apply(name), tensor));
        stored.keySet().removeIf(name -> name.endsWith("position_ids")); // a table of 0, 1, 2, ... in older files
        refuseExtra(folder, expected.byName(), stored);
        expected.byName().forEach((name, shape) -> check(folder, name, shape, stored));
        return new StoredWeights(folder, part, expected.byName(), stored);
    }

    /** All of them in memory, fp32. */
    public Weights load(Kernels kernels) {
        return load(Arithmetic.PLAIN, kernels);
    }

    /**
     * All of them for blocks that compute so and do not learn. Each is brought into that form before the next is read, so
     * that for bf16 memory does not hold all in fp32 first.
     */
    public Weights load(Arithmetic wanted, Kernels kernels) {
        SortedMap<String, NDArray> loaded = new TreeMap<>();
        try {
            for (String name : shapes.keySet()) {
                loaded.put(name, read(name, kernels.manager()));
                if (!wanted.asLoaded()) {
                    loaded.computeIfPresent(name, (_, array) -> Weights.held(array, wanted, kernels));
                }
            }
        } catch (RuntimeException e) {
            loaded.values().forEach(NDArray::close); // kernels may live longer
            throw e;
        }
        return new Weights(part, loaded, wanted);
    }

    /** One of them, fp32; throws {@link IllegalArgumentException} where it holds numbers that are not finite. */
    public NDArray read(String name, NDManager owner) {
        NDArray array = Safetensors.fp32(named(name, tensors), owner);
        Shape wanted = named(name, shapes);
        NDArray shaped = array.getShape().equals(wanted) ? array : reshaped(array, wanted);
        try {
            requireFinite(name, shaped);
        } catch (RuntimeException e) {
            shaped.close();
            throw e;
        }
        return shaped;
    }

    private <T> T named(String name, Map<String, T> byName) {
        T found = byName.get(name);
        if (found == null) {
            throw refused(folder, "it has no " + name, "one of the " + shapes.size() + " tensors it describes");
        }
        return found;
    }

    /** One number that is not finite makes every prediction so. */
    private void requireFinite(String name, NDArray array) {
        try (NDArray sum = array.sum()) {
            float total = sum.getFloat();
            if (!Float.isFinite(total)) {
                throw refused(
                        folder,
                        name + " holds numbers that are not finite (they sum up to " + total + ")",
                        "finite numbers. Fetch the model again or choose another");
            }
        }
    }

    /** Older files keep the linear layers of the VAE's attention as 1x1 convolutions. */
    private static NDArray reshaped(NDArray array, Shape shape) {
        NDManager manager = array.getManager();
        try (array;
                NDArray view = array.reshape(shape)) {
            NDArray flat = view.duplicate();
            flat.attach(manager);
            return flat;
        }
    }

    private static void check(Path folder, String name, Shape wanted, SortedMap<String, StoredTensor> stored) {
        StoredTensor tensor = stored.get(name);
        if (tensor == null) {
            throw refused(folder, name + " is missing", wanted.toString());
        }
        if (!tensor.type().isFloating()) {
            throw refused(folder, name + " holds " + tensor.type(), "floats");
        }
        if (!sameNumbers(tensor.shape(), wanted)) {
            throw refused(folder, name + " is " + tensor.shape(), wanted + " as config.json says");
        }
    }

    private static void refuseExtra(
            Path folder, SortedMap<String, Shape> expected, SortedMap<String, StoredTensor> stored) {
        stored.forEach((name, tensor) -> {
            if (!expected.containsKey(name)) {
                throw refused(
                        folder,
                        "it has " + name + " " + tensor.shape(),
                        "only what config.json describes (" + expected.size() + " tensors)");
            }
        });
    }

    private static boolean sameNumbers(Shape stored, Shape wanted) {
        return stored.equals(wanted)
                || (stored.dimension() == 4
                        && wanted.dimension() == 2
                        && stored.equals(new Shape(wanted.get(0), wanted.get(1), 1, 1)));
    }

    private static IllegalArgumentException refused(Path folder, String what, String expected) {
        return new IllegalArgumentException("Cannot load " + folder + ": " + what + ", expected " + expected);
    }
}
