package org.dreamboothactors.diffusion.weights.pickle;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.function.Function;
import org.dreamboothactors.diffusion.weights.TensorSource;
import org.dreamboothactors.diffusion.weights.pickle.PickleValue.Dict;
import org.dreamboothactors.diffusion.weights.pickle.PickleValue.Name;
import org.dreamboothactors.diffusion.weights.pickle.PickleValue.Text;
import org.dreamboothactors.diffusion.weights.pickle.PickleValue.Whole;

/** Dictionaries as they grow. */
final class Containers {
    private Containers() {}

    static Dict dict() {
        return new Dict(new LinkedHashMap<>());
    }

    /** Puts keys and values, in turns, into a dictionary. */
    static void putAll(PickleValue target, List<PickleValue> pairs, Function<String, RefusedPickle> refused) {
        if (!(target instanceof Dict(var entries)) || pairs.size() % 2 != 0) {
            throw refused.apply("it puts " + pairs.size() + " keys and values into what may be no dictionary");
        }
        for (int i = 0; i < pairs.size(); i += 2) {
            entries.put(key(pairs.get(i), refused), pairs.get(i + 1));
        }
    }

    private static String key(PickleValue key, Function<String, RefusedPickle> refused) {
        return switch (key) {
            case Text(var text) when text.length() <= TensorSource.LONGEST_NAME -> text;
            case Text(var text) ->
                throw refused.apply("a key has " + text.length() + " characters, " + Opcodes.shown(text)
                        + ", which is more than the " + TensorSource.LONGEST_NAME + " of a name");
            case Whole(var number) -> Long.toString(number);
            case Name(var global) -> global;
            default -> throw refused.apply("a key is neither text nor a whole number");
        };
    }
}
