package org.dreamboothactors.diffusion.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.dreamboothactors.allreduce.AllReduce;
import org.dreamboothactors.allreduce.Layout;
import org.dreamboothactors.allreduce.Member;
import org.dreamboothactors.allreduce.RingBroken;
import org.dreamboothactors.diffusion.kernels.Kernels;
import org.dreamboothactors.diffusion.training.Optimizer.Hyperparameters;
import org.junit.jupiter.api.Test;

class RankedGradientsTest {
    private static final Hyperparameters SETTINGS =
            new Hyperparameters(LearningRate.constant(1e-3), 0.9, 0.999, 1e-8, 0.01);

    @Test
    void aRankThatEndsWithOtherSumsEndsTheStepForAll() {
        assertThatThrownBy(() -> step(1))
                .isInstanceOf(RingBroken.class)
                .hasMessageContaining("rank 1")
                .hasMessageContaining("it has other gradients than rank 0");
    }

    @Test
    void ranksWithTheSameSumsGoOn() {
        assertThat(step(0)).containsExactly(1, 2, 3);
    }

    /** Of rank 0 of two, whose fellow says another checksum by so much. */
    private static float[] step(long off) {
        try (Kernels kernels = Kernels.open(1);
                NDManager owner = kernels.manager().newSubManager();
                Fellow fellow = new Fellow(off)) {
            AdamW optimizer = new AdamW(kernels, new TreeMap<>(Map.of("w", owner.ones(new Shape(3)))), SETTINGS);
            Ranks ranks = new Ranks(0, 2, fellow::joinedBy);
            try (RankedGradients gradients =
                    RankedGradients.join(kernels, ranks, List.of(optimizer)).orElseThrow()) {
                NDArray sum = gradients.take(owner.create(new float[] {1, 2, 3}));
                gradients.finish();
                return sum.toFloatArray();
            }
        }
    }

    /** A ring whose other rank adds nothing to any sum. */
    private static final class Fellow implements AllReduce {
        private final Arena arena = Arena.ofShared();
        private final long off;
        private Layout layout = new Layout(1, "");
        private MemorySegment numbers = MemorySegment.NULL;

        private Fellow(long off) {
            this.off = off;
        }

        private AllReduce joinedBy(Layout wanted) {
            layout = wanted;
            numbers = arena.allocate(layout.floats() * Float.BYTES, Float.BYTES);
            return this;
        }

        @Override
        public Member member() {
            return new Member("run", 1, 0, 2, layout);
        }

        @Override
        public MemorySegment numbers() {
            return numbers;
        }

        @Override
        public void sum(long offset, long floats) {}

        @Override
        public long[][] gather(long... mine) {
            return new long[][] {mine, {mine[0] + off}};
        }

        @Override
        public void close() {
            if (arena.scope().isAlive()) {
                arena.close();
            }
        }
    }
}
