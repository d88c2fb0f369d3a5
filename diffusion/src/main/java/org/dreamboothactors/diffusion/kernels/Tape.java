package org.dreamboothactors.diffusion.kernels;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.dreamboothactors.diffusion.kernels.Argument.Named;
import org.dreamboothactors.diffusion.kernels.Argument.One;

/**
 * Runs the blocks of models forward and, where they learn, back in reverse.
 *
 * <p>Each block works on detached inputs, so that libtorch's graph never reaches past a block: the reverse pass asks one
 * block after the other for the gradients of its inputs and parameters, and frees it. Arrays belong to the tape and are
 * freed with it. Owned by the thread of its {@link Kernels}.
 */
public final class Tape implements AutoCloseable {
    private final Kernels kernels;
    private final NDManager manager;
    private final Keep keep;
    private final List<Entry> entries = new ArrayList<>();

    /** What a block gave, or what came from outside. */
    public static final class Value {
        private final NDArray array;
        private final boolean wantsGradient;
        private Optional<NDArray> gradient = Optional.empty();

        private Value(NDArray array, boolean wantsGradient) {
            this.array = array;
            this.wantsGradient = wantsGradient;
        }

        /** Its numbers; freed with the tape. */
        public NDArray array() {
            return array;
        }
    }

    /** What a tape keeps of a block for the way back. */
    private enum Keep {
        /** Nothing: there is no way back. */
        NOTHING,
        /** Inputs, and what libtorch remembers of how the result came about. */
        GRAPHS,
        /** Inputs alone; the block runs once more on the way back. */
        INPUTS
    }

    /**
     * A block's result with libtorch's memory of how it came about.
     *
     * @param ready the block's parameters as it ran
     */
    private record Recorded(Block.Ready ready, NDArray graph) implements AutoCloseable {
        @Override
        public void close() {
            graph.close();
            ready.close();
        }
    }

    /** A block that was run. */
    private record Entry(Block block, List<Value> inputs, Optional<Recorded> recorded, Value output) {}

    private Tape(Kernels kernels, Keep keep) {
        this.kernels = kernels;
        this.manager = kernels.manager().newSubManager();
        this.keep = keep;
    }

    /** A tape that only goes forward. */
    public static Tape forward(Kernels kernels) {
        return new Tape(kernels, Keep.NOTHING);
    }

    /** A tape that can be gone back on. */
    public static Tape learning(Kernels kernels) {
        return new Tape(kernels, Keep.GRAPHS);
    }

    /**
     * A tape that can be gone back on and holds only the results of blocks (activation checkpointing, Chen et al. 2016):
     * less memory for one more forward pass, and the same bits.
     */
    public static Tape checkpointing(Kernels kernels) {
        return new Tape(kernels, Keep.INPUTS);
    }

    /** Owner of the tape's arrays. */
    public NDManager manager() {
        return manager;
    }

    /** Something from outside, of which no gradient is wanted; stays the caller's. */
    public Value input(NDArray array) {
        return new Value(array, false);
    }

    /** Runs a block. */
    public Value run(Block block, Value... inputs) {
        boolean wanted = keep != Keep.NOTHING
                && (block.learns() || List.of(inputs).stream().anyMatch(value -> value.wantsGradient));
        if (!wanted) {
            return new Value(once(block, List.of(inputs)), false);
        }
        Optional<Recorded> recorded = keep == Keep.GRAPHS && block.reverse().isEmpty()
                ? Optional.of(record(block, List.of(inputs)))
                : Optional.empty();
        NDArray leaf = recorded.map(kept -> kept.graph().stopGradient()).orElseGet(() -> once(block, List.of(inputs)));
        leaf.attach(manager);
        leaf.setRequiresGradient(true);
        Value output = new Value(leaf, true);
        entries.add(new Entry(block, List.of(inputs), recorded, output));
        return output;
    }

    private NDArray once(Block block, List<Value> inputs) {
        try (Block.Ready ready = block.ready(kernels, manager)) {
            return kernels.run(block.kernel(), manager, arguments(block, ready, inputs));
        }
    }

    private Recorded record(Block block, List<Value> inputs) {
        Block.Ready ready = block.ready(kernels, manager);
        return new Recorded(ready, kernels.record(block.kernel(), manager, arguments(block, ready, inputs)));
    }

    /**
     * Runs a block whose first input nothing else needs, which frees that where no way back needs it.
     */
    public Value then(Block block, Value first, Value... more) {
        Value output =
                run(block, Stream.concat(Stream.of(first), Stream.of(more)).toArray(Value[]::new));
        if (!output.wantsGradient && manager.equals(first.array.getManager())) {
            first.array.close();
        }
        return output;
    }

    /**
     * Goes back from {@code output}; once.
     *
     * @param upstream gradient of the loss with respect to it
     * @param into receives the gradients of the parameters that learn
     */
    public void back(Value output, NDArray upstream, Gradients into) {
        output.gradient = Optional.of(upstream);
        for (Entry entry : entries.reversed()) {
            entry.output()
                    .gradient
                    .ifPresentOrElse(
                            gradient -> back(entry, gradient, into),
                            () -> entry.recorded().ifPresent(Recorded::close));
            entry.output().array.close();
        }
        entries.clear();
    }

    private void back(Entry entry, NDArray upstream, Gradients into) {
        if (entry.block().reverse().isPresent()) {
            back(entry, upstream, entry.block().reverse().get());
        } else {
            back(entry, upstream, entry.recorded().orElseGet(() -> record(entry.block(), entry.inputs())), into);
        }
        upstream.close();
    }

    private void back(Entry entry, NDArray upstream, String reverse) {
        Block.Ready ready = entry.block().ready(kernels, manager);
        Argument[] arguments = arguments(entry.block(), ready, entry.inputs(), new One(upstream));
        List<NDArray> found = kernels.runForMany(reverse, kernels.manager(), arguments);
        for (int i = 0; i < found.size(); i++) {
            if (entry.inputs().get(i).wantsGradient) {
                add(entry.inputs().get(i), found.get(i));
            } else {
                found.get(i).close();
            }
        }
    }

    private void back(Entry entry, NDArray upstream, Recorded recorded, Gradients into) {
        List<Value> inputs =
                entry.inputs().stream().filter(value -> value.wantsGradient).toList();
        List<Map.Entry<String, NDArray>> parameters = recorded.ready().parameters().entrySet().stream()
                .filter(parameter -> parameter.getValue().hasGradient())
                .toList();
        List<NDArray> wanted = new ArrayList<>();
        inputs.forEach(value -> wanted.add(value.array));
        parameters.forEach(parameter -> wanted.add(parameter.getValue()));
        List<NDArray> found = kernels.gradients(recorded.graph(), upstream, wanted, kernels.manager());
        recorded.close();
        for (int i = 0; i < inputs.size(); i++) {
            add(inputs.get(i), found.get(i));
        }
        for (int i = 0; i < parameters.size(); i++) {
            into.add(entry.block().nameOf(parameters.get(i).getKey()), found.get(inputs.size() + i));
        }
    }

    /** What a value gives to several blocks comes back from each of them. */
    private void add(Value value, NDArray more) {
        more.attach(manager);
        value.gradient.ifPresentOrElse(
                sum -> {
                    sum.addi(more);
                    more.close();
                },
                () -> value.gradient = Optional.of(more));
    }

    private static Argument[] arguments(Block block, Block.Ready ready, List<Value> inputs, Argument... last) {
        List<Argument> arguments = new ArrayList<>();
        for (Value input : inputs) {
            arguments.add(new One(input.array));
        }
        block.numbers().forEach(number -> arguments.add(new One(number)));
        if (!ready.parameters().isEmpty()) {
            arguments.add(new Named(ready.parameters()));
        }
        arguments.addAll(List.of(last));
        return arguments.toArray(Argument[]::new);
    }

    @Override
    public void close() {
        manager.close();
    }
}
