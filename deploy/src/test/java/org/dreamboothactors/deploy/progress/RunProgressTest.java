package org.dreamboothactors.deploy.progress;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.dreamboothactors.protocol.v1.RunAccepted;
import org.dreamboothactors.protocol.v1.RunEvent;
import org.dreamboothactors.protocol.v1.RunReady;
import org.dreamboothactors.protocol.v1.RunSpec;
import org.dreamboothactors.protocol.v1.StepProgress;
import org.dreamboothactors.protocol.v1.Training;
import org.junit.jupiter.api.Test;

class RunProgressTest {
    private final RunProgress progress = new RunProgress();
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private Instant now = Instant.EPOCH;

    @Test
    void tellsStepsWithLossAndTimeLeft() {
        progress.hear(accepted());

        assertThat(progress.hear(step(10, 0.5)))
                .contains(new RunProgress.Going("step 10/130  loss 0.2500  0.50 s/step  1 min 0 s left"));
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
    void writesPlainLinesAtAPaceWithoutControlCharacters() {
        Screen screen = screen(Screen.Kind.PLAIN);

        screen.show("", new RunProgress.Going("step 1"));
        screen.show("", new RunProgress.Going("step 2"));
        now = now.plusSeconds(6);
        screen.show("", new RunProgress.Going("step 3"));
        screen.show("", new RunProgress.Going("step 4"));
        screen.print("ready");

        assertThat(bytes.toString(StandardCharsets.UTF_8).lines())
                .containsExactly("step 1", "step 3", "step 4", "ready");
    }

    @Test
    void redrawsTheLastLineOfATerminal() {
        Screen screen = screen(Screen.Kind.TERMINAL);

        screen.show("", new RunProgress.Going("step 1"));
        screen.show("", new RunProgress.Going("step 2"));

        assertThat(bytes.toString(StandardCharsets.UTF_8)).isEqualTo("\r\u001b[2Kstep 1\r\u001b[2Kstep 2");
    }

    private Screen screen(Screen.Kind kind) {
        return new Screen(new PrintStream(bytes, true, StandardCharsets.UTF_8), kind, () -> now);
    }

    private static RunEvent accepted() {
        var training = Training.newBuilder().setMaxSteps(130);
        return RunEvent.newBuilder()
                .setAccepted(
                        RunAccepted.newBuilder().setSpec(RunSpec.newBuilder().setTraining(training)))
                .build();
    }

    private static RunEvent step(long step, double secondsPerStep) {
        return RunEvent.newBuilder()
                .setStepProgress(
                        StepProgress.newBuilder().setStep(step).setLoss(0.25).setSecondsPerStep(secondsPerStep))
                .build();
    }
}
