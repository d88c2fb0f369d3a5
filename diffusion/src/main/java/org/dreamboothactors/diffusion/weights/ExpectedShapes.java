package org.dreamboothactors.diffusion.weights;

import ai.djl.ndarray.types.Shape;
import java.util.SortedMap;
import java.util.TreeMap;

/** Names and shapes of the parameters a model has, as its configuration says. */
public final class ExpectedShapes {
    private final SortedMap<String, Shape> shapes = new TreeMap<>();

    /** A square convolution with bias. */
    public void conv(String name, long in, long out, long kernel) {
        plainConv(name, in, out, kernel);
        shapes.put(name + ".bias", new Shape(out));
    }

    /** A square convolution without bias. */
    public void plainConv(String name, long in, long out, long kernel) {
        shapes.put(name + ".weight", new Shape(out, in, kernel, kernel));
    }

    /** Numbers that are a parameter by themselves. */
    public void vector(String name, long length) {
        shapes.put(name, new Shape(length));
    }

    /** One number that is a parameter by itself. */
    public void scalar(String name) {
        shapes.put(name, new Shape());
    }

    /** A linear layer with bias. */
    public void linear(String name, long in, long out) {
        plainLinear(name, in, out);
        shapes.put(name + ".bias", new Shape(out));
    }

    /** A linear layer without bias. */
    public void plainLinear(String name, long in, long out) {
        shapes.put(name + ".weight", new Shape(out, in));
    }

    /** A group or layer norm. */
    public void norm(String name, long channels) {
        shapes.put(name + ".weight", new Shape(channels));
        shapes.put(name + ".bias", new Shape(channels));
    }

    /** A table of vectors. */
    public void embedding(String name, long rows, long width) {
        shapes.put(name + ".weight", new Shape(rows, width));
    }

    /** By name. */
    public SortedMap<String, Shape> byName() {
        return shapes;
    }
}
