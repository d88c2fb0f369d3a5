package org.dreamboothactors.diffusion.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.dreamboothactors.diffusion.kernels.Kernels;
import org.dreamboothactors.diffusion.weights.Weights;

/** AdamW (Loshchilov and Hutter 2019) with moments in fp32. */
public final class AdamW implements Optimizer {
    /**
     * Numbers that are changed at once: few enough that scaled fp32 copies of their gradients stay in a processor's cache.
     */
    private static final long GROUP = 1L << 21;

    private final Kernels kernels;
    private final Hyperparameters settings;
    private final SortedMap<String, NDArray> weights;
    private final SortedMap<String, NDArray> means = new TreeMap<>();
    private final SortedMap<String, NDArray> squares = new TreeMap<>();
    private final List<Group> groups;

    /** Some numbers of a tensor; {@code whole} counts all of them. */
    private record Piece(String name, long from, long size, long whole) {
        static List<Piece> all(String name, long whole) {
            return LongStream.range(0, Math.ceilDiv(whole, GROUP))
                    .mapToObj(i -> new Piece(name, i * GROUP, Math.min(GROUP, whole - i * GROUP), whole))
                    .toList();
        }

        /** A view of them, of a tensor in one piece. */
        NDArray of(NDArray array, NDManager owner) {
            if (size == whole) {
                return array;
            }
            NDArray flat = array.reshape(whole);
            flat.attach(owner);
            NDArray view = flat.get(new NDIndex().addSliceDim(from, from + size));
            view.attach(owner);
            return view;
        }
    }

    private record Group(List<Piece> pieces, List<NDArray> weights, List<NDArray> means, List<NDArray> squares) {}

    AdamW(Kernels kernels, Weights part, Hyperparameters settings) {
        this(kernels, part.learning(kernels.manager()), settings);
    }

    /** {@code weights} by part and name, as they can be changed in place. */
    AdamW(Kernels kernels, SortedMap<String, NDArray> weights, Hyperparameters settings) {
        this.kernels = kernels;
        this.settings = settings;
        this.weights = weights;
        weights.forEach((name, weight) -> {
            means.put(name, kernels.manager().zeros(weight.getShape()));
            squares.put(name, kernels.manager().zeros(weight.getShape()));
        });
        groups = groups(weights, means, squares, kernels.manager());
    }

    @Override
    public SortedMap<String, NDArray> weights() {
        return weights;
    }

    /** Moments with {@code exp_avg.} and {@code exp_avg_sq.} in front, as in PyTorch. */
    @Override
    public SortedMap<String, NDArray> state() {
        SortedMap<String, NDArray> state = new TreeMap<>(weights);
        means.forEach((name, array) -> state.put("exp_avg." + name, array));
        squares.forEach((name, array) -> state.put("exp_avg_sq." + name, array));
        return state;
    }

    @Override
    public void step(long number, Map<String, NDArray> gradients, double scale, NDManager scratch) {
        double[] numbers = settings.at(number, scale);
        for (Group group : groups) {
            try (NDManager views = scratch.newSubManager()) {
                List<NDArray> slices = of(group.pieces(), gradients, views);
                kernels.adamw(group.weights(), slices, group.means(), group.squares(), numbers, views);
            }
        }
    }

    private static List<Group> groups(
            SortedMap<String, NDArray> weights,
            Map<String, NDArray> means,
            Map<String, NDArray> squares,
            NDManager owner) {
        List<List<Piece>> groups = new ArrayList<>();
        long room = 0;
        for (Map.Entry<String, NDArray> weight : weights.entrySet()) {
            for (Piece piece : Piece.all(weight.getKey(), weight.getValue().size())) {
                if (groups.isEmpty() || piece.size() > room) {
                    groups.add(new ArrayList<>());
                    room = GROUP;
                }
                groups.getLast().add(piece);
                room -= piece.size();
            }
        }
        return groups.stream()
                .map(pieces -> new Group(
                        pieces, of(pieces, weights, owner), of(pieces, means, owner), of(pieces, squares, owner)))
                .toList();
    }

    private static List<NDArray> of(List<Piece> pieces, Map<String, NDArray> arrays, NDManager owner) {
        return pieces.stream()
                .map(piece -> piece.of(Optimizer.gradient(piece.name(), arrays), owner))
                .toList();
    }
}
