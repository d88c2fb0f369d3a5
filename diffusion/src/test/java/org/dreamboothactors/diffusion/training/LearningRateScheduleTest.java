package org.dreamboothactors.diffusion.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.stream.LongStream;
import org.dreamboothactors.diffusion.training.LearningRateSchedule.Constant;
import org.dreamboothactors.diffusion.training.LearningRateSchedule.ConstantWithWarmup;
import org.dreamboothactors.diffusion.training.LearningRateSchedule.Cosine;
import org.dreamboothactors.diffusion.training.LearningRateSchedule.Linear;
import org.dreamboothactors.diffusion.training.LearningRateSchedule.Polynomial;
import org.dreamboothactors.diffusion.training.LearningRateSchedule.Trapezoid;
import org.dreamboothactors.diffusion.training.LearningRateSchedule.WarmupHold;
import org.junit.jupiter.api.Test;

/** Values of {@code get_scheduler} of diffusers 0.42.1 for 8 steps at 1e-3, and of NeMo 2.3's {@code WarmupHoldPolicy}. */
class LearningRateScheduleTest {

    private static double[] rates(LearningRateSchedule schedule) {
        return LongStream.range(0, 8)
                .mapToDouble(step -> schedule.rate(1e-3, step, 8))
                .toArray();
    }

    @Test
    void constantStays() {
        assertThat(rates(new Constant())).containsOnly(1e-3);
    }

    @Test
    void constantWithWarmupRisesFromZero() {
        assertThat(rates(new ConstantWithWarmup(3)))
                .containsExactly(new double[] {0, 1e-3 / 3, 2e-3 / 3, 1e-3, 1e-3, 1e-3, 1e-3, 1e-3}, within(1e-15));
    }

    @Test
    void cosineFallsToZero() {
        assertThat(rates(new Cosine(2)))
                .containsExactly(
                        new double[] {
                            0, 0.0005, 0.001, 0.0009330127018922195, 0.00075, 0.0005, 0.00025, 6.698729810778065e-05
                        },
                        within(1e-15));
        assertThat(rates(new Cosine(0))).startsWith(new double[] {1e-3, 0.0009619397662556434}, within(1e-15));
    }

    @Test
    void trapezoidFallsOverItsLastSteps() {
        assertThat(rates(new Trapezoid(1, 4)))
                .containsExactly(new double[] {5e-4, 1e-3, 1e-3, 1e-3, 1e-3, 7.5e-4, 5e-4, 2.5e-4}, within(1e-15));
        assertThatThrownBy(() -> new Trapezoid(1, 0)).hasMessageContaining("0 steps");
    }

    @Test
    void polynomialFallsToItsEnd() {
        assertThat(rates(new Polynomial(2, 1)))
                .containsExactly(
                        new double[] {
                            0, 0.0005, 0.001, 0.00083335, 0.0006667, 0.00050005, 0.0003334, 0.00016674999999999996
                        },
                        within(1e-15));
        assertThat(rates(new Polynomial(1, 2)))
                .containsExactly(
                        new double[] {
                            0,
                            0.001,
                            0.0007347204081632654,
                            0.0005102530612244898,
                            0.00032659795918367344,
                            0.00018375510204081635,
                            8.172448979591836e-05,
                            2.0506122448979602e-05
                        },
                        within(1e-15));
    }

    /** {@code get_linear_schedule_with_warmup} of diffusers, for 8 steps. */
    @Test
    void linearFallsToZeroInALine() {
        assertThat(rates(new Linear(3)))
                .containsExactly(new double[] {0, 1e-3 / 3, 2e-3 / 3, 1e-3, 8e-4, 6e-4, 4e-4, 2e-4}, within(1e-15));
        assertThat(new Linear(0).rate(1e-3, 9, 8)).isZero();
    }

    @Test
    void warmupHoldHalvesTheFirstStepByDefault() {
        assertThat(rates(new WarmupHold(1)))
                .containsExactly(new double[] {5e-4, 1e-3, 1e-3, 1e-3, 1e-3, 1e-3, 1e-3, 1e-3}, within(1e-15));
        assertThat(rates(new WarmupHold(3)))
                .containsExactly(new double[] {2.5e-4, 5e-4, 7.5e-4, 1e-3, 1e-3, 1e-3, 1e-3, 1e-3}, within(1e-15));
        assertThat(rates(new WarmupHold(0))).containsOnly(1e-3);
    }

    @Test
    void refusesWhatNoRunCanMean() {
        assertThatThrownBy(() -> new Cosine(-1)).hasMessageContaining("-1 steps");
        assertThatThrownBy(() -> new Polynomial(0, 0)).hasMessageContaining("power");
        assertThatThrownBy(() -> new LearningRate(1e-8, new Polynomial(0, 1), 10))
                .hasMessageContaining("1.0E-7");
    }

    @Test
    void isFoundByEveryNameItGives() {
        assertThat(LearningRateSchedule.NAMES)
                .extracting(name -> LearningRateSchedule.of(name, 3, 2))
                .containsExactly(
                        new Constant(),
                        new ConstantWithWarmup(3),
                        new Linear(3),
                        new Cosine(3),
                        new Polynomial(3, 2),
                        new WarmupHold(3));
        assertThatThrownBy(() -> LearningRateSchedule.of("cosine_with_restarts", 0, 1))
                .hasMessageContaining("constant_with_warmup");
    }

    @Test
    void travelsAsJson() throws Exception {
        ObjectMapper json = new ObjectMapper();
        for (LearningRateSchedule schedule : new LearningRateSchedule[] {new Constant(), new Polynomial(2, 1.5)}) {
            String text = json.writerFor(LearningRateSchedule.class).writeValueAsString(schedule);
            assertThat(json.readValue(text, LearningRateSchedule.class)).isEqualTo(schedule);
        }
    }
}
