package org.dreamboothactors.diffusion.schedulers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class SamplerKindTest {

    private static SchedulerSettings settings(String json) throws JsonProcessingException {
        return new SchedulerSettings(new ObjectMapper().readTree("{" + json.replace('\'', '"') + "}"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '^',
            value = {
                "DDPM     | thresholding           | true",
                "DDPM     | variance_type          | 'learned'",
                "DDIM     | thresholding           | true",
                "DDIM     | trained_betas          | [0.1, 0.2]",
                "DDIM     | prediction_type        | 'sample'",
                "DDIM     | timestep_spacing       | 'random'",
                "DDIM     | beta_schedule          | 'sigmoid'",
                "PNDM     | rescale_betas_zero_snr | true",
                "DPMPP_2M | algorithm_type         | 'sde-dpmsolver++'",
                "DPMPP_2M | algorithm_type         | 'deis'",
                "DPMPP_2M | solver_order           | 4",
                "DPMPP_2M | solver_type            | 'half'",
                "DPMPP_2M | final_sigmas_type      | 'half'",
                "DPMPP_2M | use_lu_lambdas         | true",
                "DPMPP_2M | use_flow_sigmas        | true",
                "EULER    | use_beta_sigmas        | true",
                "EULER    | interpolation_type     | 'log_linear'",
                "EULER_A  | num_train_timesteps    | 1",
            })
    void refusesByNameWhatItWouldComputeDifferently(SamplerKind kind, String key, String value) throws Exception {
        SchedulerSettings settings = settings("'" + key + "': " + value.replace('\'', '"'));

        assertThatThrownBy(() -> kind.start(settings, 1, 0))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining(key)
                .hasMessageContaining("expected");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '^',
            value = {
                "DDIM     | 'trained_betas': [0.1, 0.2, 0.3, 0.4] | 'beta_start': 0.1, 'beta_end': 0.4",
                "DPMPP_2M | 'algorithm_type': 'deis', 'final_sigmas_type': 'sigma_min' | 'final_sigmas_type': 'sigma_min'",
                "DPMPP_2M | 'solver_type': 'bh2'                  | 'solver_type': 'midpoint'",
                "EULER    | 'timestep_type': 'continuous'         | 'timestep_type': 'discrete'",
            })
    void takesAsTheSameWhatDiffusersDoes(SamplerKind kind, String one, String other) throws Exception {
        assertThat(drawn(kind, settings(one + ", 'num_train_timesteps': 4")))
                .containsExactly(drawn(kind, settings(other + ", 'num_train_timesteps': 4")), within(1e-6f));
    }

    /** Numbers of diffusers 0.42.1, one number over four steps of a model that always predicts 0.5. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '^',
            value = {
                "EULER    | ^^ | 999, 538.06689, 52.382462, 0 | -5.3873072, -6.1914902, -6.2927399, -6.3073235",
                "EULER    | 'timestep_spacing': 'leading', 'steps_offset': 1 | 751, 318.63358, 37.291744, 1"
                        + " | -0.61436224, -0.96258092, -1.0376918, -1.0583490",
                "DPMPP_2M | ^^ | 998, 538, 52, 0 | 3.9449289, 7.2649255, 7.3529525, 7.3414965",
            })
    void spreadsSigmasExponentially(SamplerKind kind, String more, String timesteps, String samples) throws Exception {
        SchedulerSettings settings = settings("'use_exponential_sigmas': true, 'beta_start': 0.00085,"
                + " 'beta_end': 0.012, 'beta_schedule': 'scaled_linear'" + (more.isEmpty() ? "" : ", " + more));
        Sampler sampler = kind.start(settings, 4, 0);

        assertThat(sampler.timesteps()).containsExactly(numbers(timesteps), within(1e-3f));
        float[] sample = {1};
        for (int i = 0; i < 4; i++) {
            sample = sampler.step(i, new float[] {.5f}, sample, () -> new float[] {0});
            assertThat(sample[0]).isCloseTo(numbers(samples)[i], within(1e-5f * 8));
        }
    }

    private static float[] numbers(String list) {
        String[] words = list.split(",", -1);
        float[] numbers = new float[words.length];
        for (int i = 0; i < words.length; i++) {
            numbers[i] = Float.parseFloat(words[i].strip());
        }
        return numbers;
    }

    @Test
    void takesNoTwoSpreadsAtOnce() throws Exception {
        SchedulerSettings both = settings("'use_exponential_sigmas': true, 'use_karras_sigmas': true");

        assertThatThrownBy(() -> SamplerKind.EULER.start(both, 4, 0)).hasMessageContaining("use_exponential_sigmas");
        assertThatCode(() -> SamplerKind.DPMPP_2M_KARRAS.start(both, 4, 0)).doesNotThrowAnyException();
    }

    /** What becomes of one number over four steps, of a model that always predicts the same. */
    private static float[] drawn(SamplerKind kind, SchedulerSettings settings) {
        Sampler sampler = kind.start(settings, 4, 0);
        float[] sample = {1};
        for (int i = 0; i < sampler.timesteps().length; i++) {
            sample = sampler.step(i, new float[] {.5f}, sample, () -> new float[] {0});
        }
        return sample;
    }

    @Test
    void leavesSettingsOfOtherSamplersAlone() throws Exception {
        SchedulerSettings karras =
                settings("'use_karras_sigmas': true, 'use_lu_lambdas': true, 'skip_prk_steps': true");

        assertThatCode(() -> SamplerKind.DDIM.start(karras, 5, 0)).doesNotThrowAnyException();
    }

    @Test
    void karrasIsDpmSolverOverKarrasSigmasWhateverTheConfigurationSays() throws Exception {
        SchedulerSettings plain = settings("");

        assertThat(drawn(SamplerKind.DPMPP_2M_KARRAS, plain))
                .containsExactly(drawn(SamplerKind.DPMPP_2M, settings("'use_karras_sigmas': true")))
                .isNotEqualTo(drawn(SamplerKind.DPMPP_2M, plain));
    }

    @Test
    void plmsIsPndmWithoutRungeKutta() throws Exception {
        SchedulerSettings plain = settings("'skip_prk_steps': false");

        assertThat(SamplerKind.PLMS.start(plain, 5, 0).timesteps())
                .isEqualTo(SamplerKind.PNDM
                        .start(settings("'skip_prk_steps': true"), 5, 0)
                        .timesteps())
                .hasSize(6);
        assertThat(SamplerKind.PNDM.start(plain, 5, 0).timesteps()).hasSize(14);
    }

    @Test
    void refusesToFindAPictureInNoiseOnlyWithAnEpsilonModel() throws Exception {
        String zero = "'rescale_betas_zero_snr': true, 'timestep_spacing': 'trailing'";

        assertThatThrownBy(() -> SamplerKind.DDIM.start(settings(zero), 5, 0))
                .hasMessageContaining("rescale_betas_zero_snr")
                .hasMessageContaining("v_prediction");
        SchedulerSettings velocity = settings(zero + ", 'prediction_type': 'v_prediction'");
        assertThatCode(() -> SamplerKind.DDIM.start(velocity, 5, 0)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @EnumSource(names = {"DDPM", "DDIM", "PNDM"})
    void refusesTimestepsTheModelWasNotTrainedOn(SamplerKind kind) throws Exception {
        SchedulerSettings settings = settings("'steps_offset': 1, 'skip_prk_steps': true");

        assertThatThrownBy(() -> kind.start(settings, 1000, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1000")
                .hasMessageContaining("steps_offset");
    }

    @Test
    void eulerStartsFromTheNoiseLevelOfItsFirstTimestep() throws Exception {
        // init_noise_sigma of diffusers 0.42.1 after set_timesteps(10), scaled_linear 0.00085 to 0.012
        String betas = "'beta_start': 0.00085, 'beta_end': 0.012, 'beta_schedule': 'scaled_linear'";

        Sampler all = SamplerKind.EULER.start(settings(betas), 10, 0);
        Sampler leading = SamplerKind.EULER.start(settings(betas + ", 'timestep_spacing': 'leading'"), 10, 0);

        assertThat(all.initialNoise()).isCloseTo(14.614646911621094, within(1e-5));
        assertThat(leading.initialNoise()).isCloseTo(8.406290054321289, within(1e-5));
        assertThat(all.modelInput(9, new float[] {1})).containsExactly(0.99957484f);
    }

    @ParameterizedTest
    @CsvSource({"0", "1001"})
    void refusesANumberOfStepsThatCannotBe(int steps) throws Exception {
        SchedulerSettings settings = settings("");

        assertThatThrownBy(() -> SamplerKind.EULER.start(settings, steps, 0)).hasMessageContaining("1 to 1000");
    }

    @ParameterizedTest
    @CsvSource({"-0.1", "1.1", "NaN"})
    void refusesAnEtaThatCannotBe(double eta) throws Exception {
        SchedulerSettings settings = settings("");

        assertThatThrownBy(() -> SamplerKind.DDIM.start(settings, 5, eta)).hasMessageContaining("eta");
    }
}
