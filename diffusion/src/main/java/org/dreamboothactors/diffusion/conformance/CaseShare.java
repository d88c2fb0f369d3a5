package org.dreamboothactors.diffusion.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;

/** A rank's share of a training case: its part of the instance half of every batch, and the same part of the class half. */
record CaseShare(int rank, int ranks) {

    /** Throws {@link IllegalArgumentException} where the samples do not divide. */
    CaseFolder of(CaseFolder whole) {
        JsonNode settings = whole.settings();
        int batch = settings.path("batch").asInt();
        if (batch % ranks != 0) {
            throw new IllegalArgumentException("a batch of " + batch + " does not divide by " + ranks + " ranks");
        }
        int each = batch / ranks;
        Stream<Integer> instances = Stream.iterate(rank * each, i -> i + 1).limit(each);
        Stream<Integer> classes = settings.path("prior_loss_weight").isNumber()
                ? Stream.iterate(batch + rank * each, i -> i + 1).limit(each)
                : Stream.empty();
        List<Integer> mine = Stream.concat(instances, classes).toList();
        TreeMap<String, Tensor> tensors = new TreeMap<>(whole.tensors());
        tensors.replaceAll((name, tensor) -> name.startsWith("in.") ? rows(tensor, mine) : tensor);
        return new CaseFolder(whole.path(), settings, tensors);
    }

    private static Tensor rows(Tensor tensor, List<Integer> rows) {
        int each = tensor.values().length / Math.toIntExact(tensor.shape().getFirst());
        double[] values = new double[rows.size() * each];
        for (int i = 0; i < rows.size(); i++) {
            System.arraycopy(tensor.values(), rows.get(i) * each, values, i * each, each);
        }
        List<Long> shape = new ArrayList<>(tensor.shape());
        shape.set(0, (long) rows.size());
        return new Tensor(List.copyOf(shape), values);
    }
}
