package org.dreamboothactors.diffusion.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.OptionalDouble;
import org.dreamboothactors.diffusion.NonFiniteLoss;
import org.dreamboothactors.diffusion.StepResult;
import org.dreamboothactors.diffusion.schedulers.Draws;
import org.dreamboothactors.diffusion.schedulers.NoiseSchedule;
import org.dreamboothactors.diffusion.training.TrainingLoop.Latent;
import org.junit.jupiter.api.Test;

class DreamBoothStepTest {
    private final NoiseSchedule schedule = new NoiseSchedule(new float[] {0.9f, 0.5f, 0.1f});
    private final StepInputs inputs = new StepInputs(
            new float[] {1, 2, 0, 0, 3, 4, 0, 0}, new float[4], new float[] {1, -1, 0.5f, 2}, new int[] {0, 2});

    /** Predicts noisy * factor with one weight, and learns it by plain descent. */
    private static final class OneWeight implements Networks {
        private double factor;

        OneWeight(double factor) {
            this.factor = factor;
        }

        @Override
        public Pass forward(float[] noisy, int[] timesteps) {
            float[] prediction = noisy.clone();
            for (int i = 0; i < noisy.length; i++) {
                prediction[i] *= (float) factor;
            }
            return new Pass() {
                @Override
                public float[] prediction() {
                    return prediction;
                }

                @Override
                public double learn(float[] gradient) {
                    double slope = 0;
                    for (int i = 0; i < gradient.length; i++) {
                        slope += gradient[i] * noisy[i];
                    }
                    factor -= 0.1 * slope;
                    return Math.abs(slope);
                }

                @Override
                public void close() {}
            };
        }
    }

    @Test
    void lowersTheLossOfWhatItLearnsFrom() {
        DreamBoothStep step = new DreamBoothStep(new OneWeight(1), schedule, 0.2, OptionalDouble.of(0.5));
        StepResult first = step.run(1, inputs, List.of("a", "b"));
        StepResult second = step.run(2, inputs, List.of("a", "b"));
        assertThat(second.loss()).isLessThan(first.loss());
        assertThat(first.loss()).isEqualTo(first.instanceLoss() + 0.5 * first.priorLoss());
    }

    @Test
    void namesTheSamplesOfALossThatIsNoNumberAndLeavesTheWeights() {
        OneWeight networks = new OneWeight(Double.NaN);
        DreamBoothStep step = new DreamBoothStep(networks, schedule, 0.2, OptionalDouble.empty());
        assertThatThrownBy(() -> step.run(5, inputs, List.of("a.safetensors", "b.safetensors")))
                .isInstanceOf(NonFiniteLoss.class)
                .hasMessageContaining("step 5")
                .hasMessageContaining("b.safetensors");
    }

    @Test
    void goingOnFromAStepGivesWhatAnUndisturbedRunGives() {
        OneWeight straight = new OneWeight(1);
        loop(straight, 0, 10);
        OneWeight before = new OneWeight(1);
        loop(before, 0, 5);
        OneWeight after = new OneWeight(before.factor);
        loop(after, 5, 10);
        assertThat(Double.doubleToLongBits(after.factor)).isEqualTo(Double.doubleToLongBits(straight.factor));
    }

    private void loop(OneWeight networks, long from, long to) {
        List<Latent> photos = List.of(new Latent("a", new float[] {1, 2, 0, 0}), new Latent("b", new float[4]));
        DreamBoothStep step = new DreamBoothStep(networks, schedule, 0.2, OptionalDouble.empty());
        TrainingLoop loop = new TrainingLoop(new BatchPlan(new Draws(3), 2, 0, 1), step, photos, List.of(), from);
        while (loop.stepsDone() < to) {
            loop.next();
        }
    }
}
