package org.dreamboothactors.diffusion.weights.pickle;

import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.dreamboothactors.diffusion.weights.TensorSource;
import org.dreamboothactors.diffusion.weights.pickle.PickleValue.Dict;
import org.dreamboothactors.diffusion.weights.pickle.PickleValue.Ignored;
import org.dreamboothactors.diffusion.weights.pickle.PickleValue.Items;
import org.dreamboothactors.diffusion.weights.pickle.PickleValue.Name;
import org.dreamboothactors.diffusion.weights.pickle.PickleValue.Storage;
import org.dreamboothactors.diffusion.weights.pickle.PickleValue.Tensor;
import org.dreamboothactors.diffusion.weights.pickle.PickleValue.Tuple;
import org.dreamboothactors.diffusion.weights.pickle.PickleValue.Whole;

/** What the few functions that a checkpoint may call come to, as data. */
final class Calls {
    private static final int MOST_AXES = 8;

    private Calls() {}

    /**
     * What a call returns.
     *
     * @param counted run for every value that the call copies: arguments may be recalled and called with again and again
     */
    static PickleValue of(
            String global, List<PickleValue> arguments, Runnable counted, Function<String, RefusedPickle> refused) {
        if (AllowedGlobals.isIgnored(global)) {
            return new Ignored(global);
        }
        return switch (global) {
            case AllowedGlobals.ORDERED_DICT -> orderedDict(arguments, counted, refused);
            case AllowedGlobals.REBUILD_TENSOR -> tensor(arguments, refused);
            case AllowedGlobals.REBUILD_PARAMETER -> parameter(arguments, refused);
            case AllowedGlobals.SIZE -> new Tuple(arguments);
            default -> throw refused.apply("it calls " + global);
        };
    }

    /** An object's state: kept for nothing, and only for what has none that matters. */
    static void build(PickleValue object, PickleValue state, Function<String, RefusedPickle> refused) {
        boolean harmless = (object instanceof Dict && state instanceof Dict) // a state dictionary's _metadata
                || object instanceof Ignored; // a NumPy type's byte order
        if (!harmless) {
            throw refused.apply("it sets the state of " + (object instanceof Name(var global) ? global : "a value"));
        }
    }

    private static Dict orderedDict(
            List<PickleValue> arguments, Runnable counted, Function<String, RefusedPickle> refused) {
        Dict dict = Containers.dict();
        if (!arguments.isEmpty()) { // Python 2 gave a list of pairs
            if (!(arguments.getFirst() instanceof Items(var pairs))) {
                throw refused.apply("it makes an OrderedDict of what is no list");
            }
            for (PickleValue pair : pairs) {
                counted.run();
                Containers.putAll(dict, pair(pair, refused), refused);
            }
        }
        return dict;
    }

    private static List<PickleValue> pair(PickleValue pair, Function<String, RefusedPickle> refused) {
        return switch (pair) {
            case Tuple(var items) when items.size() == 2 -> items;
            case Items(var items) when items.size() == 2 -> items;
            default -> throw refused.apply("it makes an OrderedDict of what are no pairs");
        };
    }

    private static PickleValue parameter(List<PickleValue> arguments, Function<String, RefusedPickle> refused) {
        if (arguments.isEmpty() || !(arguments.getFirst() instanceof Tensor tensor)) {
            throw refused.apply("it makes a parameter of what is no tensor");
        }
        return tensor;
    }

    /** Arguments: storage, first element, sizes, strides, and what only training needs. */
    private static Tensor tensor(List<PickleValue> arguments, Function<String, RefusedPickle> refused) {
        if (arguments.size() < 4
                || !(arguments.get(0) instanceof Storage(var bytes, var type, var count))
                || !(arguments.get(1) instanceof Whole(var first))
                || !(arguments.get(2) instanceof Tuple(var sizeValues))
                || !(arguments.get(3) instanceof Tuple(var strideValues))) {
            throw refused.apply("a tensor has not a storage, an offset, sizes and strides");
        }
        List<Long> sizes = numbers(sizeValues, refused);
        List<Long> strides = numbers(strideValues, refused);
        if (!inside(count, first, sizes, strides)) {
            throw refused.apply("a tensor of sizes " + sizes + ", strides " + strides + " from element " + first
                    + " does not lie inside its storage of " + count);
        }
        Shape shape = new Shape(sizes.stream().mapToLong(Long::longValue).toArray());
        return new Tensor(new TensorSource("(a tensor)", bytes, type, shape, strides, first));
    }

    private static List<Long> numbers(List<PickleValue> values, Function<String, RefusedPickle> refused) {
        List<Long> numbers = new ArrayList<>();
        for (PickleValue value : values) {
            if (!(value instanceof Whole(var number)) || number < 0 || numbers.size() == MOST_AXES) {
                throw refused.apply("a tensor's sizes or strides are no " + MOST_AXES + " small whole numbers");
            }
            numbers.add(number);
        }
        return numbers;
    }

    /** A tensor has no more elements than its storage: an expanded one is a bomb or no weight. */
    private static boolean inside(long available, long first, List<Long> sizes, List<Long> strides) {
        if (sizes.size() != strides.size() || first < 0 || first > available) {
            return false;
        }
        if (sizes.contains(0L)) {
            return true;
        }
        long count = 1;
        long last = first;
        for (int axis = 0; axis < sizes.size(); axis++) {
            long steps = sizes.get(axis) - 1;
            if (sizes.get(axis) > available / count || (steps > 0 && strides.get(axis) > available / steps)) {
                return false;
            }
            count *= sizes.get(axis);
            last += steps * strides.get(axis);
            if (last >= available) {
                return false;
            }
        }
        return available > 0;
    }
}
