package org.dreamboothactors.diffusion.training;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.function.Function;
import org.dreamboothactors.diffusion.kernels.Arithmetic;
import org.dreamboothactors.diffusion.kernels.Kernels;
import org.junit.jupiter.api.Test;

class PlacingTest {
    private static final float[] GRADIENT = {1, -2, 3.5f, 0, 256, -0.25f}; // bf16 numbers, too
    private static final float USED_AGAIN = 99;

    @Test
    void onAProcessorTheGradientIsTheMemoryThatIsSummed() {
        assertThat(sumOfTwo(InPlace::new)).containsExactly(USED_AGAIN, -4, 7, 0, 512, -0.5f);
    }

    @Test
    void elsewhereTheSumIsCopiedBack() {
        assertThat(sumOfTwo(ThroughHost::new)).containsExactly(2, -4, 7, 0, 512, -0.5f);
    }

    /** What the optimizer reads when two ranks had the same bf16 gradient, and their memory is used again. */
    private static float[] sumOfTwo(Function<Kernels, Placing> how) {
        try (Kernels kernels = Kernels.open(1);
                NDManager owner = kernels.manager().newSubManager();
                Arena arena = Arena.ofConfined()) {
            MemorySegment place = arena.allocate(ValueLayout.JAVA_FLOAT, GRADIENT.length);
            Placing placing = how.apply(kernels);

            NDArray gradient = placing.put(bf16(kernels, owner), place);
            for (int i = 0; i < GRADIENT.length; i++) {
                assertThat(place.getAtIndex(ValueLayout.JAVA_FLOAT, i)).isEqualTo(GRADIENT[i]);
                place.setAtIndex(ValueLayout.JAVA_FLOAT, i, 2 * GRADIENT[i]);
            }
            placing.sumsAreThere();
            place.setAtIndex(ValueLayout.JAVA_FLOAT, 0, USED_AGAIN);

            assertThat(gradient.getManager()).isEqualTo(owner);
            assertThat(gradient.getDataType()).isEqualTo(DataType.FLOAT32);
            assertThat(gradient.getShape()).isEqualTo(new Shape(2, 3));
            return gradient.toFloatArray();
        }
    }

    private static NDArray bf16(Kernels kernels, NDManager owner) {
        return kernels.prepared(List.of(owner.create(GRADIENT, new Shape(2, 3))), Arithmetic.BF16, owner)
                .getFirst();
    }
}
