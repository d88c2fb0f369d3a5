package org.dreamboothactors.deploy.progress;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.dreamboothactors.protocol.v1.ClassImagesReady;
import org.dreamboothactors.protocol.v1.ModelJudged;
import org.dreamboothactors.protocol.v1.PictureScores;
import org.dreamboothactors.protocol.v1.PriorPreservation;
import org.dreamboothactors.protocol.v1.RunAccepted;
import org.dreamboothactors.protocol.v1.RunEvent;
import org.dreamboothactors.protocol.v1.RunReady;
import org.dreamboothactors.protocol.v1.RunSpec;
import org.dreamboothactors.protocol.v1.StepProgress;
import org.dreamboothactors.protocol.v1.Training;
import org.dreamboothactors.protocol.v1.TrainingStarted;
import org.dreamboothactors.protocol.v1.Verdict;
import org.junit.jupiter.api.Test;

class RunProgressTest {
    private final RunProgress progress = new RunProgress();
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private Instant now = Instant.EPOCH;

    @Test
    void tellsStepsWithLossAndTimeLeft() {
        progress.hear(accepted());

        assertThat(progress.hear(step(10, 0.5)))
                .contains(
                        new RunProgress.Going("step 10/130 [------------]  loss 0.2500  0.50 s/step  1 min 0 s left"));
    }

    @Test
    void tellsThatARunGoesOnInATrainerThatIsStillOpen() {
        TrainingStarted started = TrainingStarted.newBuilder()
                .setAttempt(2)
                .setFromStep(40)
                .setDevice("cpu:0")
                .setWarm(true)
                .build();

        assertThat(progress.hear(
                        RunEvent.newBuilder().setTrainingStarted(started).build()))
                .contains(new RunProgress.Fact("training on cpu:0 from step 40, attempt 2, where it was still open"));
    }

    @Test
    void tellsAnEventOnce() {
        RunEvent ready = RunEvent.newBuilder()
                .setEventId("e")
                .setReady(RunReady.newBuilder().setStep(3))
                .build();

        assertThat(progress.hear(ready)).contains(new RunProgress.Over("ready at step 3", RunProgress.Ending.READY));
        assertThat(progress.hear(ready)).isEmpty();
    }

    @Test
    void tellsWhatTheJudgeSaysAndRecommends() {
        PictureScores base = PictureScores.newBuilder()
                .setSubjectFidelity(.35)
                .setPromptFidelity(.64)
                .setClassLikeness(.3)
                .build();
        PictureScores now = PictureScores.newBuilder()
                .setSubjectFidelity(.81)
                .setPromptFidelity(.62)
                .setClassLikeness(.35)
                .setDiversity(.2)
                .build();
        ModelJudged judged = ModelJudged.newBuilder()
                .setStep(20)
                .setVerdict(Verdict.newBuilder().setScores(now).setBase(base).setGain(.39))
                .build();

        assertThat(progress.hear(RunEvent.newBuilder().setJudged(judged).build()))
                .contains(new RunProgress.Fact("judge, step 20: subject 0.81 (base model 0.35), prompt 0.62 (0.64),"
                        + " class drift +0.05, gain +0.39"));
        assertThat(progress.hear(RunEvent.newBuilder()
                        .setReady(RunReady.newBuilder()
                                .setStep(40)
                                .setRecommendedStep(20)
                                .setPlannedSteps(500))
                        .build()))
                .contains(new RunProgress.Over(
                        "ready at step 40, ended before step 500 as it got worse, the judge recommends step 20",
                        RunProgress.Ending.READY));
    }

    @Test
    void tellsWhyNothingWasJudged() {
        ModelJudged judged = ModelJudged.newBuilder()
                .setVerdict(Verdict.newBuilder().setNotJudged("there is no judge"))
                .build();

        assertThat(progress.hear(RunEvent.newBuilder().setJudged(judged).build()))
                .contains(new RunProgress.Fact("judge, base model: not judged: there is no judge"));
    }

    @Test
    void writesPlainLinesAtAPaceWithoutControlCharacters() {
        Screen screen = screen(Screen.Kind.PLAIN);

        screen.show("", new RunProgress.Going("step 1"));
        screen.show("", new RunProgress.Going("step 2"));
        now = now.plusSeconds(6);
        screen.show("", new RunProgress.Going("step 3"));
        screen.show("", new RunProgress.Going("step 4"));
        screen.print("ready");

        assertThat(bytes.toString(StandardCharsets.UTF_8).lines()).containsExactly("step 1", "step 3", "ready");
    }

    @Test
    void redrawsTheLastLineOfATerminal() {
        Screen screen = screen(Screen.Kind.TERMINAL);

        screen.show("", new RunProgress.Going("step 1"));
        screen.show("", new RunProgress.Going("step 2"));

        assertThat(bytes.toString(StandardCharsets.UTF_8)).isEqualTo(drawn("step 1") + drawn("step 2"));
    }

    @Test
    void saysOnATerminalOnlyWhatIsWaitedFor() {
        screen(Screen.Kind.PLAIN).idle("judging photos, 3 s");
        assertThat(bytes.size()).isZero();

        screen(Screen.Kind.TERMINAL).idle("judging photos, 3 s");
        assertThat(bytes.toString(StandardCharsets.UTF_8)).isEqualTo(drawn("judging photos, 3 s"));
    }

    @Test
    void replacesControlCharactersThatOthersSent() {
        screen(Screen.Kind.PLAIN).print("photo \u001b[31m.jpg");

        assertThat(bytes.toString(StandardCharsets.UTF_8).strip()).isEqualTo("photo ?[31m.jpg");
    }

    @Test
    void countsClassImagesUntilAllAreThere() {
        progress.hear(accepted());

        assertThat(progress.hear(classImages("a", 4, 0)))
                .contains(new RunProgress.Going("class images 4/6 [########----]  4 made, 0 reused"));
        assertThat(progress.hear(classImages("b", 0, 4)))
                .contains(new RunProgress.Fact("class images: 4 made, 4 reused"));
    }

    @Test
    void saysWhatGoesOnWhileNothingIsHeard() {
        progress.hear(accepted());
        assertThat(progress.doing()).isEqualTo("caching latents");

        progress.hear(step(130, 0.5));
        assertThat(progress.doing()).isEqualTo("storing and checking the checkpoint");
    }

    private static String drawn(String text) {
        return "\r\u001b[2K\u001b[?7l" + text + "\u001b[?7h";
    }

    private static RunEvent classImages(String id, int made, int reused) {
        return RunEvent.newBuilder()
                .setEventId(id)
                .setClassImagesReady(ClassImagesReady.newBuilder().setMade(made).setReused(reused))
                .build();
    }

    private Screen screen(Screen.Kind kind) {
        return new Screen(new PrintWriter(bytes, true, StandardCharsets.UTF_8), kind, () -> now);
    }

    private static RunEvent accepted() {
        var training = Training.newBuilder().setMaxSteps(130);
        return RunEvent.newBuilder()
                .setAccepted(RunAccepted.newBuilder()
                        .setSpec(RunSpec.newBuilder()
                                .setTraining(training)
                                .setPrior(PriorPreservation.newBuilder().setNumClassImages(6))))
                .build();
    }

    private static RunEvent step(long step, double secondsPerStep) {
        return RunEvent.newBuilder()
                .setStepProgress(
                        StepProgress.newBuilder().setStep(step).setLoss(0.25).setSecondsPerStep(secondsPerStep))
                .build();
    }
}
