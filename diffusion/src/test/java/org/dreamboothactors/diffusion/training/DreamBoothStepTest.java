package org.dreamboothactors.diffusion.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.dreamboothactors.diffusion.NonFiniteLoss;
import org.dreamboothactors.diffusion.StepResult;
import org.dreamboothactors.diffusion.schedulers.Draws;
import org.dreamboothactors.diffusion.schedulers.NoiseSchedule;
import org.dreamboothactors.diffusion.schedulers.Prediction;
import org.dreamboothactors.diffusion.training.Sample.Latent;
import org.junit.jupiter.api.Test;

class DreamBoothStepTest {
    private final NoiseSchedule schedule = new NoiseSchedule(new float[] {0.9f, 0.5f, 0.1f});
    private final StepInputs inputs = new StepInputs(
            new float[] {1, 2, 0, 0, 3, 4, 0, 0}, new float[4], new float[] {1, -1, 0.5f, 2}, new int[] {0, 2});

    /** Predicts noisy * factor with one weight, and learns it by plain descent. */
    private static final class OneWeight implements Networks {
        private double factor;
        private double slope;

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
                public void back(float[] gradient) {
                    for (int i = 0; i < gradient.length; i++) {
                        slope += gradient[i] * noisy[i];
                    }
                }

                @Override
                public void close() {}
            };
        }

        @Override
        public double update() {
            double norm = Math.abs(slope);
            factor -= 0.1 * slope;
            forget();
            return norm;
        }

        @Override
        public void forget() {
            slope = 0;
        }
    }

    private DreamBoothStep step(Networks networks, OptionalDouble priorWeight) {
        Objective objective = new Objective(schedule, Prediction.EPSILON, priorWeight, OptionalDouble.empty());
        return new DreamBoothStep(networks, objective, 0.2);
    }

    private static List<Supplier<StepInputs>> given(StepInputs... microBatches) {
        return Stream.of(microBatches)
                .<Supplier<StepInputs>>map(inputs -> () -> inputs)
                .toList();
    }

    @Test
    void lowersTheLossOfWhatItLearnsFrom() {
        DreamBoothStep step = step(new OneWeight(1), OptionalDouble.of(0.5));
        StepResult first = step.run(1, given(inputs), List.of("a", "b"), (_, _) -> {});
        StepResult second = step.run(2, given(inputs), List.of("a", "b"), (_, _) -> {});
        assertThat(second.loss()).isLessThan(first.loss());
        assertThat(first.loss()).isEqualTo(first.instanceLoss() + 0.5 * first.priorLoss());
    }

    @Test
    void namesTheSamplesOfALossThatIsNoNumberAndLeavesTheWeights() {
        OneWeight networks = new OneWeight(Double.NaN);
        DreamBoothStep step = step(networks, OptionalDouble.empty());
        assertThatThrownBy(() -> step.run(5, given(inputs), List.of("a.safetensors", "b.safetensors"), (_, _) -> {}))
                .isInstanceOf(NonFiniteLoss.class)
                .hasMessageContaining("step 5")
                .hasMessageContaining("b.safetensors");
    }

    @Test
    void microBatchesTeachWhatOneBatchOfThemWouldTeach() {
        StepInputs first = new StepInputs(new float[] {1, 2, 0, 0}, new float[2], new float[] {1, -1}, new int[] {0});
        StepInputs second =
                new StepInputs(new float[] {3, 4, 0, 0}, new float[2], new float[] {0.5f, 2}, new int[] {2});
        OneWeight together = new OneWeight(1);
        OneWeight parts = new OneWeight(1);

        StepResult whole = step(together, OptionalDouble.empty()).run(1, given(inputs), List.of(), (_, _) -> {});
        StepResult gathered = step(parts, OptionalDouble.empty()).run(1, given(first, second), List.of(), (_, _) -> {});

        assertThat(gathered.loss()).isCloseTo(whole.loss(), within(1e-6));
        assertThat(gathered.gradNorm()).isCloseTo(whole.gradNorm(), within(1e-6));
        assertThat(parts.factor).isCloseTo(together.factor, within(1e-6));
    }

    @Test
    void forgetsTheGradientsOfAStepThatDidNotWorkOut() {
        OneWeight networks = new OneWeight(1);
        DreamBoothStep step = step(networks, OptionalDouble.empty());
        StepInputs broken = new StepInputs(
                new float[] {Float.NaN, 2, 0, 0, 3, 4, 0, 0}, new float[4], new float[4], new int[] {0, 2});

        List<String> heard = new ArrayList<>();
        assertThatThrownBy(() -> step.run(
                        1, given(inputs, broken), List.of("a"), (done, count) -> heard.add(done + " of " + count)))
                .isInstanceOf(NonFiniteLoss.class);
        assertThat(heard).containsExactly("1 of 2");

        assertThat(networks.slope).isZero();
        assertThat(networks.factor).isEqualTo(1);
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
        List<Sample> photos =
                List.of(new Latent("a", () -> new float[] {1, 2, 0, 0}), new Latent("b", () -> new float[4]));
        DreamBoothStep step = step(networks, OptionalDouble.empty());
        TrainingLoop loop = new TrainingLoop(
                new BatchPlan(new Draws(3), 2, 0, 1, 2, NoiseOffset.NONE),
                step,
                photos,
                List.of(),
                Ranks.alone(),
                from);
        while (loop.stepsDone() < to) {
            loop.next((_, _) -> {});
        }
    }
}
