package org.dreamboothactors.diffusion.weights.pickle;

import ai.djl.ndarray.types.DataType;
import java.util.List;
import java.util.Map;
import org.dreamboothactors.diffusion.weights.TensorBytes;
import org.dreamboothactors.diffusion.weights.TensorSource;

/** What a pickle may hold here. Lists and dictionaries grow while the pickle is read, because it refers back to them. */
sealed interface PickleValue {
    record Text(String text) implements PickleValue {}

    record Whole(long number) implements PickleValue {}

    record Decimal(double number) implements PickleValue {}

    record Flag(boolean set) implements PickleValue {}

    /** Python's None. */
    record Nothing() implements PickleValue {}

    /** A tuple, which never changes. */
    record Tuple(List<PickleValue> items) implements PickleValue {}

    /** A list. */
    record Items(List<PickleValue> items) implements PickleValue {}

    /** A dictionary, by the text of its keys. */
    record Dict(Map<String, PickleValue> entries) implements PickleValue {}

    /** A global of the allow-list: a name, nothing behind it. */
    record Name(String global) implements PickleValue {}

    /**
     * Numbers without a shape.
     *
     * @param count elements, as many as the bytes hold
     */
    record Storage(TensorBytes bytes, DataType type, long count) implements PickleValue {}

    record Tensor(TensorSource source) implements PickleValue {}

    /** Something harmless that nobody here needs: a device, a NumPy number. */
    record Ignored(String global) implements PickleValue {}
}
