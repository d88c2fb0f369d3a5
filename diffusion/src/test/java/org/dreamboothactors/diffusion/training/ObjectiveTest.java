package org.dreamboothactors.diffusion.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Arrays;
import java.util.OptionalDouble;
import org.dreamboothactors.diffusion.schedulers.NoiseSchedule;
import org.dreamboothactors.diffusion.schedulers.Prediction;
import org.dreamboothactors.diffusion.schedulers.SchedulerSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ObjectiveTest {
    private static final OptionalDouble NONE = OptionalDouble.empty();
    private static final OptionalDouble GAMMA = OptionalDouble.of(5);

    private static NoiseSchedule schedule(String more) throws Exception {
        return NoiseSchedule.of(new SchedulerSettings(new ObjectMapper()
                .readTree("{\"beta_start\": 0.00085, \"beta_end\": 0.012, \"beta_schedule\": \"scaled_linear\"" + more
                        + "}")));
    }

    private static DreamBoothLoss unitErrors(Objective objective, int... timesteps) {
        float[] target = new float[2 * timesteps.length];
        float[] said = new float[target.length];
        Arrays.fill(said, 1);
        return objective.loss(said, target, timesteps);
    }

    @ParameterizedTest
    @CsvSource({ // SNR of Stable Diffusion's schedule in fp64: min(SNR, 5) / SNR and min(SNR, 5) / (SNR + 1)
        "0, 0.00425362, 0.00425",
        "1, 0.0085344, 0.00851986",
        "100, 0.591443, 0.528883",
        "250, 1, 0.673793",
        "500, 1, 0.276333",
        "999, 1, 0.0046601",
    })
    void minSnrWeighsAPhotoByItsTimestep(int timestep, double ofNoise, double ofVelocity) throws Exception {
        Objective noise = new Objective(schedule(""), Prediction.EPSILON, NONE, GAMMA);
        Objective velocity = new Objective(schedule(""), Prediction.V_PREDICTION, NONE, GAMMA);

        assertThat(unitErrors(noise, timestep).total()).isCloseTo(ofNoise, within(1e-4 * ofNoise));
        assertThat(unitErrors(velocity, timestep).total()).isCloseTo(ofVelocity, within(1e-4 * ofVelocity));
    }

    @Test
    void minSnrLeavesClassPicturesAlone() throws Exception {
        Objective objective = new Objective(schedule(""), Prediction.EPSILON, OptionalDouble.of(0.5), GAMMA);

        DreamBoothLoss clean = unitErrors(objective, 100, 0); // the class picture's timestep is the second
        DreamBoothLoss noisy = unitErrors(objective, 100, 999);

        assertThat(clean.instance()).isCloseTo(0.591443, within(1e-4));
        assertThat(clean.prior()).isEqualTo(1);
        assertThat(clean.total()).isEqualTo(noisy.total());
    }

    @Test
    void countsAPhotoWithoutSignalFullyWhereTheNoiseIsLearned() throws Exception {
        NoiseSchedule schedule = schedule(", \"rescale_betas_zero_snr\": true");

        assertThat(unitErrors(new Objective(schedule, Prediction.EPSILON, NONE, GAMMA), 999)
                        .total())
                .isEqualTo(1);
        assertThat(unitErrors(new Objective(schedule, Prediction.V_PREDICTION, NONE, GAMMA), 999)
                        .total())
                .isZero();
    }

    @Test
    void theTargetIsTheNoiseOrTheVelocity() throws Exception {
        StepInputs inputs = new StepInputs(new float[4], new float[2], new float[] {1, -1}, new int[] {500});
        float[] latents = {0.5f, 2};

        assertThat(new Objective(schedule(""), Prediction.EPSILON, NONE, NONE).target(latents, inputs))
                .containsExactly(1, -1);
        assertThat(new Objective(schedule(""), Prediction.V_PREDICTION, NONE, NONE).target(latents, inputs))
                .containsExactly(
                        new float[] {0.5256736f - 0.5f * 0.8506864f, -0.5256736f - 2 * 0.8506864f}, within(1e-5f));
    }

    @ParameterizedTest
    @EnumSource
    void theGradientIsThatOfTheWeightedLoss(Prediction prediction) throws Exception {
        Objective objective = new Objective(schedule(""), prediction, OptionalDouble.of(0.5), GAMMA);
        float[] target = {1, 2, 3, 4, 5, 6, 7, 8};
        float[] said = {1.5f, 2.25f, 2, 5, 5.5f, 6.5f, 6, 8.5f};
        int[] timesteps = {50, 300, 700, 10};
        DreamBoothLoss loss = objective.loss(said, target, timesteps);

        assertThat(loss.total()).isEqualTo(loss.instance() + 0.5 * loss.prior());
        for (int i = 0; i < said.length; i++) {
            float[] moved = said.clone();
            moved[i] += 0.001f;
            double slope = (objective.loss(moved, target, timesteps).total() - loss.total()) / 0.001;
            assertThat((double) loss.gradient()[i]).isCloseTo(slope, within(2e-3));
        }
    }
}
