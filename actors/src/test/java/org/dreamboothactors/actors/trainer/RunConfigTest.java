package org.dreamboothactors.actors.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import java.util.OptionalDouble;
import org.dreamboothactors.diffusion.Compute;
import org.dreamboothactors.diffusion.ComputePrecision;
import org.dreamboothactors.diffusion.Refinements;
import org.dreamboothactors.diffusion.lora.LoraSettings;
import org.dreamboothactors.diffusion.training.LearningRateSchedule;
import org.dreamboothactors.diffusion.training.OptimizerKind;
import org.dreamboothactors.protocol.v1.Lora;
import org.dreamboothactors.protocol.v1.RunSpec;
import org.dreamboothactors.protocol.v1.Training;
import org.junit.jupiter.api.Test;

class RunConfigTest {

    private static RunSpec spec(Training.Builder training) {
        return RunSpec.newBuilder()
                .setTraining(training.setMaxSteps(10)
                        .setLearningRate(1e-3)
                        .setMicroBatchSize(1)
                        .setAdamEpsilon(1e-8)
                        .setMaxGradNorm(1))
                .build();
    }

    @Test
    void trainsPlainlyWhereNothingMoreIsAskedFor() {
        assertThat(RunConfig.of(spec(Training.newBuilder())).refinements())
                .isEqualTo(Refinements.NONE.in(ComputePrecision.AUTO));
    }

    @Test
    void takesOverWhatGoesBeyondPlainDreamBooth() {
        Training.Builder training = Training.newBuilder()
                .setAccumulation(3)
                .setSnrGamma(5)
                .setNoiseOffset(0.1)
                .setEmaDecay(0.99)
                .setLrSchedule("polynomial")
                .setLrWarmupSteps(2);

        assertThat(RunConfig.of(spec(training)).refinements())
                .isEqualTo(new Refinements(
                                3,
                                new LearningRateSchedule.Polynomial(2, 1),
                                OptionalDouble.of(5),
                                0.1,
                                OptionalDouble.of(0.99))
                        .in(ComputePrecision.AUTO));
    }

    @Test
    void saysThatAConstantRateHasNoWarmupBesideOtherWarnings() {
        RunSpec constant = spec(Training.newBuilder().setLrWarmupSteps(500));
        RunSpec rising = spec(Training.newBuilder().setLrSchedule("cosine").setLrWarmupSteps(5));

        assertThat(RunConfig.warnings(constant, Optional.of("bf16 takes longer")))
                .isEqualTo("lr_warmup_steps 500 does nothing: the learning rate is constant, constant_with_warmup has a"
                        + " warm-up; bf16 takes longer");
        assertThat(RunConfig.warnings(rising, Optional.of("bf16 takes longer"))).isEqualTo("bf16 takes longer");
        assertThat(RunConfig.warnings(rising, Optional.empty())).isEmpty();
    }

    @Test
    void takesOverAdaptersAndActivationCheckpointing() {
        Training.Builder training = Training.newBuilder()
                .setLora(Lora.newBuilder().setRank(8).setAlpha(16))
                .setActivationCheckpointing(true);

        Refinements refinements = RunConfig.of(spec(training)).refinements();
        assertThat(refinements.lora()).contains(LoraSettings.attention(8, 16));
        assertThat(refinements.compute().activationCheckpointing()).isTrue();
    }

    @Test
    void takesOverHowToCompute() {
        Training.Builder training = Training.newBuilder()
                .setCompute(org.dreamboothactors.protocol.v1.Compute.newBuilder()
                        .setPrecision("bf16")
                        .setOptimizer("adamw_8bit")
                        .setChannelsLast(true)
                        .setExplicitAttention(true)
                        .setWholeGraph(true));

        assertThat(RunConfig.of(spec(training)).refinements().compute())
                .isEqualTo(new Compute(ComputePrecision.BF16, OptimizerKind.ADAMW_8BIT, false, true, false, true));
        training.setActivationCheckpointing(true);
        assertThatThrownBy(() -> RunConfig.of(spec(training)))
                .isInstanceOf(InvalidRun.class)
                .hasMessageContaining("activation checkpointing");
    }

    @Test
    void refusesAScheduleThatIsNotKnown() {
        assertThatThrownBy(() -> RunConfig.of(spec(Training.newBuilder().setLrSchedule("cosine_with_restarts"))))
                .isInstanceOf(InvalidRun.class)
                .hasMessageContaining("cosine_with_restarts");
    }
}
