package org.dreamboothactors.diffusion.weights.ldm;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.dreamboothactors.diffusion.weights.ExpectedShapes;
import org.dreamboothactors.diffusion.weights.SafetensorsWriter.Entry;
import org.dreamboothactors.diffusion.weights.TensorSource;

/** Finds a part's parameters in an original file; what is missing, left over or misshaped is named with both shapes. */
final class PartTensors {
    private final Shapes file;
    private final SortedMap<String, TensorSource> unused;

    PartTensors(Shapes file) {
        this.file = file;
        this.unused = new TreeMap<>(file.tensors());
    }

    /** The part's tensors by their diffusers names, in the precision of the file. */
    Map<String, Entry> find(ExpectedShapes expected, PartNames names) {
        SortedMap<String, Entry> found = new TreeMap<>();
        for (Map.Entry<String, Shape> wanted : expected.byName().entrySet()) {
            LdmPlace place = names.place(wanted.getKey());
            TensorSource tensor = file.tensors().get(place.name());
            if (tensor == null) {
                throw refused(place.name() + " is missing", wanted.getValue() + " for " + wanted.getKey());
            }
            unused.remove(place.name());
            if (!tensor.type().isFloating()) {
                throw refused(tensor.name() + " holds " + tensor.type(), "floats");
            }
            TensorSource part = fitting(tensor, place, wanted.getKey(), wanted.getValue());
            found.put(wanted.getKey(), Entry.of(List.of(part), wanted.getValue(), stored(tensor.type())));
        }
        return found;
    }

    private TensorSource fitting(TensorSource tensor, LdmPlace place, String name, Shape wanted) {
        TensorSource whole = tensor.shape().dimension() == wanted.dimension() ? tensor : tensor.asLinear();
        long[] expected = wanted.getShape().clone();
        expected[0] *= place.parts();
        if (!whole.shape().equals(new Shape(expected))) {
            throw refused(
                    tensor.name() + " is " + tensor.shape(),
                    new Shape(expected) + " for " + name + ", as the other tensors' shapes say");
        }
        return place.parts() == 1 ? whole : whole.rows(place.part() * wanted.get(0), wanted.get(0));
    }

    /** Our own files have no double precision: it holds nothing that PyTorch's models compute with. */
    private static DataType stored(DataType type) {
        return type == DataType.FLOAT64 ? DataType.FLOAT32 : type;
    }

    /** Refuses what no part asked for; names that begin with {@code never} belong to a layer that never runs. */
    void refuseTheRest(String never) {
        unused.forEach((name, tensor) -> {
            if (!name.startsWith(never)) {
                throw refused(
                        "it has " + tensor.name() + " " + tensor.shape(),
                        "only the UNet, VAE and text encoder that the other tensors' shapes describe");
            }
        });
    }

    private IllegalArgumentException refused(String what, String expected) {
        return new IllegalArgumentException("Cannot load " + file.file() + ": " + what + ", expected " + expected);
    }
}
