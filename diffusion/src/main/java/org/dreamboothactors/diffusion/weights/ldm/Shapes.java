package org.dreamboothactors.diffusion.weights.ldm;

import ai.djl.ndarray.types.Shape;
import java.util.List;
import java.util.SortedMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.dreamboothactors.diffusion.weights.TensorSource;

/** Asks the shapes of a file's tensors, by their original names. */
record Shapes(String file, SortedMap<String, TensorSource> tensors) {
    /** More levels, blocks or layers than any model has. */
    private static final int MOST = 256;

    boolean has(String name) {
        return tensors.containsKey(name);
    }

    /** Length of an axis of a tensor, which must be there and have that axis. */
    int axis(String name, int axis) {
        TensorSource tensor = tensor(name);
        Shape shape = tensor.shape();
        if (shape.dimension() <= axis || shape.get(axis) > Integer.MAX_VALUE || shape.get(axis) < 1) {
            throw new IllegalArgumentException("Cannot load " + file + ": " + tensor.name() + " is " + shape
                    + ", expected a length of axis " + axis);
        }
        return (int) shape.get(axis);
    }

    /** How many axes a tensor has, which must be there. */
    int dimension(String name) {
        return tensor(name).shape().dimension();
    }

    private TensorSource tensor(String name) {
        TensorSource tensor = tensors.get(name);
        if (tensor == null) {
            throw new IllegalArgumentException(
                    "Cannot load " + file + ": " + name + " is missing, expected a whole Stable Diffusion model");
        }
        return tensor;
    }

    /** How many numbers stand at the {@code #} of {@code pattern} in the names: the largest and one more. */
    int count(String pattern) {
        Pattern numbered = Pattern.compile(Pattern.quote(pattern).replace("#", "\\E(\\d{1,4})\\Q") + ".*");
        int count = tensors.keySet().stream()
                .map(numbered::matcher)
                .filter(Matcher::matches)
                .mapToInt(match -> Integer.parseInt(match.group(1)) + 1)
                .max()
                .orElse(0);
        if (count > MOST) {
            throw new IllegalArgumentException(
                    "Cannot load " + file + ": it has " + count + " times " + pattern + ", expected at most " + MOST);
        }
        return count;
    }

    /** Largest power of two up to {@code most} that divides all {@code numbers}. */
    static int commonDivisor(int most, List<Integer> numbers) {
        int divisor = most;
        while (!divides(divisor, numbers)) {
            divisor /= 2;
        }
        return divisor;
    }

    static boolean divides(int divisor, List<Integer> numbers) {
        return numbers.stream().allMatch(number -> number % divisor == 0);
    }
}
