package org.dreamboothactors.diffusion.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.dreamboothactors.diffusion.schedulers.Draws;
import org.junit.jupiter.api.Test;

class BatchPlanTest {

    @Test
    void showsEveryPhotoBeforeAnyComesAgain() {
        BatchPlan plan = new BatchPlan(new Draws(7), 6, 4, 2);
        for (int epoch = 0; epoch < 5; epoch++) {
            List<Integer> seen = new ArrayList<>();
            for (int step = 3 * epoch; step < 3 * epoch + 3; step++) {
                seen.addAll(plan.instancesAt(step));
            }
            assertThat(seen).containsExactlyInAnyOrder(0, 1, 2, 3, 4, 5);
        }
    }

    @Test
    void stepsDependOnTheirNumberAlone() {
        BatchPlan plan = new BatchPlan(new Draws(7), 3, 3, 1);
        List<float[]> moments = List.of(new float[16], new float[16]);
        StepInputs seventh = plan.inputs(7, moments, 1000);
        plan.inputs(8, moments, 1000);

        StepInputs again = new BatchPlan(new Draws(7), 3, 3, 1).inputs(7, moments, 1000);

        assertThat(again.noise()).isEqualTo(seventh.noise());
        assertThat(again.timesteps()).isEqualTo(seventh.timesteps());
        assertThat(again.posteriorNoise()).isEqualTo(seventh.posteriorNoise()).isNotEqualTo(seventh.noise());
    }

    @Test
    void lossHasTheGradientOfItsDifferences() {
        float[] target = {1, 2, 3, 4};
        float[] prediction = {1.5f, 2.25f, 2, 5};
        DreamBoothLoss loss = DreamBoothLoss.withPrior(prediction, target, 0.5);
        assertThat(loss.total()).isEqualTo(loss.instance() + 0.5 * loss.prior());
        for (int i = 0; i < 4; i++) {
            float[] moved = prediction.clone();
            moved[i] += 0.001f;
            double slope = (DreamBoothLoss.withPrior(moved, target, 0.5).total() - loss.total()) / 0.001;
            assertThat((double) loss.gradient()[i]).isCloseTo(slope, within(2e-3));
        }
    }
}
