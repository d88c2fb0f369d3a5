package org.dreamboothactors.actors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.List;
import org.dreamboothactors.actors.turns.TenantLimits;
import org.dreamboothactors.protocol.v1.ModelJudged;
import org.dreamboothactors.protocol.v1.PictureScores;
import org.dreamboothactors.protocol.v1.RunEvent;
import org.dreamboothactors.protocol.v1.RunEvent.FactCase;
import org.dreamboothactors.protocol.v1.RunSpec;
import org.dreamboothactors.protocol.v1.Sampling;
import org.dreamboothactors.protocol.v1.Training;
import org.dreamboothactors.protocol.v1.Validation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A run whose pictures the toy world's judge sees. */
@Timeout(300)
class JudgedRunIT {
    private static final int STEPS = 4;

    @TempDir
    Path directory = Path.of("");

    @Test
    void isJudgedStepByStepAndLearnsWhatItLearnsUnseen() throws Exception {
        try (ServiceBench service = new ServiceBench(directory, List.of("cpu:0"), TenantLimits.none())) {
            service.submit("ann", "judged", judged());
            service.await("judged", RunEvent::hasReady);
            service.submit("ann", "unseen", spec());
            service.await("unseen", RunEvent::hasReady);

            List<ModelJudged> verdicts = service.told("judged", FactCase.JUDGED).stream()
                    .map(RunEvent::getJudged)
                    .toList();
            assertThat(verdicts).extracting(ModelJudged::getStep).containsExactly(0L, 2L, 4L);
            PictureScores base = verdicts.getFirst().getVerdict().getScores();
            assertThat(verdicts).allSatisfy(each -> {
                PictureScores now = each.getVerdict().getScores();
                assertThat(each.getVerdict().getBase()).isEqualTo(base);
                assertThat(each.getVerdict().getJudge())
                        .hasSize(64)
                        .isEqualTo(verdicts.getFirst().getVerdict().getJudge());
                assertThat(now.getSubjectFidelity()).isBetween(-1.0, 1.0).isNotZero();
                assertThat(now.getDiversity()).isBetween(0.0, 2.0);
                assertThat(each.getVerdict().getGain())
                        .isCloseTo(
                                now.getSubjectFidelity()
                                        - base.getSubjectFidelity()
                                        - Math.max(0, base.getPromptFidelity() - now.getPromptFidelity())
                                        - Math.max(0, now.getClassLikeness() - base.getClassLikeness()),
                                within(1e-9));
            });
            assertThat(service.first("judged", FactCase.READY).getReady().getRecommendedStep())
                    .isEqualTo(STEPS);
            assertThat(weights(service, "judged")).isEqualTo(weights(service, "unseen"));
        }
    }

    private static String weights(ServiceBench service, String run) {
        return service.first(run, FactCase.CHECKPOINT_VERIFIED)
                .getCheckpointVerified()
                .getWeightsSha256();
    }

    private static RunSpec spec() {
        return RunSpec.newBuilder()
                .setInstancePrompt("a photo of a sks teapot")
                .setClassPrompt("a photo of a teapot")
                .setSeed(1)
                .setResolution(64)
                .setTraining(Training.newBuilder().setMaxSteps(STEPS).setLearningRate(1e-3))
                .build();
    }

    private static RunSpec judged() {
        return spec().toBuilder()
                .setValidation(Validation.newBuilder()
                        .addPrompts("a photo of a sks teapot")
                        .addPrompts("a photo of a sks teapot in the snow")
                        .addPrompts("a photo of a teapot")
                        .setEverySteps(2)
                        .setSampling(Sampling.newBuilder().setInferenceSteps(2)))
                .build();
    }
}
