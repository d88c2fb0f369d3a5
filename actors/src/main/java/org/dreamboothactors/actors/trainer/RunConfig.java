package org.dreamboothactors.actors.trainer;

import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.dreamboothactors.actors.work.ComputeSettings;
import org.dreamboothactors.diffusion.Refinements;
import org.dreamboothactors.diffusion.TrainingConfig;
import org.dreamboothactors.diffusion.lora.LoraSettings;
import org.dreamboothactors.diffusion.training.LearningRateSchedule;
import org.dreamboothactors.protocol.v1.RunSpec;
import org.dreamboothactors.protocol.v1.Training;

/** The trainer's settings from a resolved run description. */
final class RunConfig {
    private RunConfig() {}

    /** Throws {@link InvalidRun}. */
    static TrainingConfig of(RunSpec spec) {
        Training training = spec.getTraining();
        double textRate = training.getTextEncoderLearningRate();
        try {
            return new TrainingConfig(
                    spec.getSeed(),
                    training.getMaxSteps(),
                    training.getLearningRate(),
                    training.getTrainTextEncoder(),
                    textRate == 0 ? training.getLearningRate() : textRate,
                    training.getMicroBatchSize(),
                    training.getAdamBeta1(),
                    training.getAdamBeta2(),
                    training.getAdamEpsilon(),
                    Math.max(0, training.getAdamWeightDecay()),
                    training.getMaxGradNorm(),
                    spec.getPrior().getLossWeight(),
                    spec.hasPrior(),
                    spec.getInstancePrompt(),
                    spec.getClassPrompt(),
                    refinements(training));
        } catch (IllegalArgumentException | UnsupportedOperationException e) {
            throw new InvalidRun(e);
        }
    }

    /**
     * All that who asked for the run should know, or nothing.
     *
     * @param computing what they should know of how it is computed
     */
    static String warnings(RunSpec spec, Optional<String> computing) {
        Training training = spec.getTraining();
        Optional<String> warmup =
                training.getLrWarmupSteps() > 0 && LearningRateSchedule.isConstant(training.getLrSchedule())
                        ? Optional.of("lr_warmup_steps " + training.getLrWarmupSteps()
                                + " does nothing: the learning rate is constant, constant_with_warmup has a warm-up")
                        : Optional.empty();
        return Stream.of(warmup, computing).flatMap(Optional::stream).collect(Collectors.joining("; "));
    }

    /** Zero and empty are what older messages hold: nothing beyond plain DreamBooth. */
    private static Refinements refinements(Training training) {
        return new Refinements(
                Math.max(1, training.getAccumulation()),
                training.getLrSchedule().isEmpty()
                        ? new LearningRateSchedule.Constant()
                        : LearningRateSchedule.of(
                                training.getLrSchedule(),
                                training.getLrWarmupSteps(),
                                training.getLrPower() == 0 ? 1 : training.getLrPower()),
                unlessZero(training.getSnrGamma()),
                training.getNoiseOffset(),
                unlessZero(training.getEmaDecay()),
                training.hasLora()
                        ? Optional.of(LoraSettings.of(
                                training.getLora().getRank(),
                                training.getLora().getAlpha(),
                                training.getLora().getTargetsList()))
                        : Optional.empty(),
                ComputeSettings.of(training));
    }

    private static OptionalDouble unlessZero(double value) {
        return value == 0 ? OptionalDouble.empty() : OptionalDouble.of(value);
    }
}
