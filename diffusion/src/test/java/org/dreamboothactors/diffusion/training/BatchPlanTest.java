package org.dreamboothactors.diffusion.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.dreamboothactors.diffusion.schedulers.Draws;
import org.junit.jupiter.api.Test;

class BatchPlanTest {

    private static BatchPlan plan(int instances, int classes, int batch, int accumulation) {
        return new BatchPlan(new Draws(7), instances, classes, batch, accumulation, NoiseOffset.NONE);
    }

    @Test
    void showsEveryPhotoBeforeAnyComesAgain() {
        BatchPlan plan = plan(6, 4, 2, 1);
        for (int epoch = 0; epoch < 5; epoch++) {
            List<Integer> seen = new ArrayList<>();
            for (int step = 3 * epoch; step < 3 * epoch + 3; step++) {
                seen.addAll(plan.instancesAt(step, 0));
            }
            assertThat(seen).containsExactlyInAnyOrder(0, 1, 2, 3, 4, 5);
        }
    }

    @Test
    void microBatchesShowThePhotosOfOneLargeBatch() {
        BatchPlan large = plan(6, 4, 4, 1);
        BatchPlan parts = plan(6, 4, 2, 2);
        for (int step = 0; step < 5; step++) {
            List<Integer> instances = new ArrayList<>(parts.instancesAt(step, 0));
            instances.addAll(parts.instancesAt(step, 1));
            List<Integer> classes = new ArrayList<>(parts.classesAt(step, 0));
            classes.addAll(parts.classesAt(step, 1));

            assertThat(instances).isEqualTo(large.instancesAt(step, 0));
            assertThat(classes).isEqualTo(large.classesAt(step, 0));
        }
    }

    @Test
    void stepsDependOnTheirNumberAlone() {
        BatchPlan plan = plan(3, 3, 1, 1);
        List<float[]> moments = List.of(new float[16], new float[16]);
        StepInputs seventh = plan.inputs(7, 0, moments, 1000);
        plan.inputs(8, 0, moments, 1000);

        StepInputs again = plan(3, 3, 1, 1).inputs(7, 0, moments, 1000);

        assertThat(again.noise()).isEqualTo(seventh.noise());
        assertThat(again.timesteps()).isEqualTo(seventh.timesteps());
        assertThat(again.posteriorNoise()).isEqualTo(seventh.posteriorNoise()).isNotEqualTo(seventh.noise());
    }

    @Test
    void microBatchesOfAStepDrawDifferentNumbers() {
        BatchPlan plan = plan(3, 0, 1, 2);
        List<float[]> moments = List.of(new float[16]);

        StepInputs first = plan.inputs(7, 0, moments, 1000);
        StepInputs second = plan.inputs(7, 1, moments, 1000);

        assertThat(second.noise()).isNotEqualTo(first.noise());
        assertThat(second.posteriorNoise()).isNotEqualTo(first.posteriorNoise());
        assertThat(second.timesteps()).isNotEqualTo(first.timesteps());
    }

    @Test
    void theNoiseOffsetMovesWholeChannels() {
        List<float[]> moments = List.of(new float[16], new float[16]); // 4 channels of 2 pixels, means and variances
        StepInputs plain = plan(3, 3, 1, 1).inputs(7, 0, moments, 1000);
        StepInputs moved = new BatchPlan(new Draws(7), 3, 3, 1, 1, new NoiseOffset(0.1, 2)).inputs(7, 0, moments, 1000);

        List<Float> offsets = new ArrayList<>();
        for (int i = 0; i < 16; i += 2) {
            float offset = moved.noise()[i] - plain.noise()[i];
            assertThat(moved.noise()[i + 1] - plain.noise()[i + 1]).isCloseTo(offset, within(1e-6f));
            offsets.add(offset);
        }
        assertThat(offsets).doesNotHaveDuplicates().allMatch(offset -> offset != 0 && Math.abs(offset) < 0.5);
        assertThat(moved.timesteps()).isEqualTo(plain.timesteps());
        assertThat(moved.posteriorNoise()).isEqualTo(plain.posteriorNoise());
    }
}
