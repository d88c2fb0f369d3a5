package org.dreamboothactors.diffusion.kernels;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/** Gradients of parameters by part and name, summed over the passes that gave them; sums are fp32. */
public final class Gradients {
    private final NDManager owner;
    private final SortedMap<String, NDArray> byName = new TreeMap<>();

    private UnaryOperator<NDArray> whole = UnaryOperator.identity();

    /** They are freed with {@code owner}. */
    public Gradients(NDManager owner) {
        this.owner = owner;
    }

    /** From now on a gradient is whole when it comes: {@code whole} takes it and gives what stands in its place. */
    public void areWholeNow(UnaryOperator<NDArray> whole) {
        this.whole = whole;
    }

    void add(String name, NDArray gradient) {
        gradient.attach(owner);
        byName.merge(name, gradient, (sum, more) -> {
            if (sum.getDataType() == DataType.FLOAT32) {
                sum.addi(more);
                more.close();
                return sum;
            }
            NDArray total = sum.toType(DataType.FLOAT32, true);
            total.attach(owner);
            total.addi(more);
            sum.close();
            more.close();
            return total;
        });
        byName.computeIfPresent(name, (_, sum) -> whole.apply(sum));
    }

    /** In the order of the names. */
    public SortedMap<String, NDArray> byName() {
        return byName;
    }
}
