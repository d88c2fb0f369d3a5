package org.dreamboothactors.deploy.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import javax.imageio.ImageIO;
import org.dreamboothactors.deploy.Told;
import org.dreamboothactors.deploy.local.StopSignal;
import org.dreamboothactors.deploy.progress.RunProgress.Ending;
import org.dreamboothactors.deploy.progress.RunWatch.NoNews;
import org.dreamboothactors.deploy.progress.RunWatch.RunOver;
import org.dreamboothactors.deploy.progress.Screen;
import org.dreamboothactors.deploy.remote.FakeRemote;
import org.dreamboothactors.deploy.run.RunDescription;
import org.dreamboothactors.protocol.v1.CheckpointReady;
import org.dreamboothactors.protocol.v1.RunEvent;
import org.dreamboothactors.protocol.v1.RunSpec;
import org.dreamboothactors.protocol.v1.SampleRequest;
import org.dreamboothactors.protocol.v1.Sampling;
import org.dreamboothactors.protocol.v1.StoredObject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoTest {
    private static final RunSpec SPEC = RunSpec.newBuilder()
            .setInstancePrompt("a photo of a sks teapot")
            .setClassPrompt("a photo of a teapot")
            .setResolution(64)
            .build();
    private static final RunDescription RUN = new RunDescription(
            Optional.empty(),
            SPEC,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Sampling.getDefaultInstance(),
            7);
    private static final SheetPrompts PROMPTS = new SheetPrompts(
            List.of("a photo of a sks teapot", "a photo of a sks teapot in the snow"), List.of("a photo of a teapot"));

    private final FakeRemote service = new FakeRemote();
    private final StringWriter said = new StringWriter();
    private final StopSignal stop = new StopSignal();

    @TempDir
    Path folder = Path.of("");

    @Test
    void drawsTheSamePromptsAndSeedsWithBothModelsAndPutsThemOnASheet() throws IOException {
        service.afterSubmit = run -> List.of(
                Told.accepted(
                        run, SPEC, StoredObject.newBuilder().setKey("photo").build()),
                Told.ready(run, 300));
        service.announced.add(ready());

        Demo.End end = demo();

        assertThat(end).isInstanceOf(Demo.Done.class);
        SampleRequest base = service.drawn.get(0);
        SampleRequest personalised = service.drawn.get(1);
        assertThat(base.getCheckpointStep()).isZero();
        assertThat(personalised.getCheckpointStep()).isEqualTo(300);
        assertThat(base.toBuilder().setCheckpointStep(300).build()).isEqualTo(personalised);
        assertThat(base.getSeed()).isEqualTo(7);
        BufferedImage sheet = ImageIO.read(folder.resolve("sheet.png").toFile());
        assertThat(sheet.getHeight()).isGreaterThan(5 * 192); // photos, two rows of the subject, two of the class
        assertThat(service.downloads).containsExactly(folder.resolve("demo-1"));
    }

    @Test
    void aFailedRunLeavesNoSheet() {
        service.afterSubmit = run -> List.of(Told.failed(run, "loss is NaN"));

        assertThat(demo()).isEqualTo(new Demo.NotReady(new RunOver(Ending.FAILED)));
        assertThat(said.toString()).contains("failed: loss is NaN");
        assertThat(folder.resolve("sheet.png")).doesNotExist();
    }

    @Test
    void cancelsItsRunWhenASignalComes() {
        stop.give();

        assertThat(demo()).isEqualTo(new Demo.Interrupted());
        assertThat(service.events).anyMatch(RunEvent::hasCancelled);
    }

    @Test
    void aSlowModelHasHalfAnHourForEachPicture() {
        service.afterSubmit = run -> List.of(Told.accepted(run, SPEC), Told.ready(run, 300));
        service.announced.add(ready());

        assertThat(demo(each(Duration.ofMinutes(80)))).isInstanceOf(Demo.Done.class);
    }

    @Test
    void theCheckpointIsThereWhenTheSheetIsNotDrawn() {
        service.afterSubmit = run -> List.of(Told.accepted(run, SPEC), Told.ready(run, 300));
        service.announced.add(ready());

        assertThatThrownBy(() -> demo(each(Duration.ofMinutes(100))))
                .hasMessageContaining("no answer within 5400 s"); // of 3 pictures

        assertThat(service.downloads).containsExactly(folder.resolve("demo-1"));
        assertThat(said.toString()).contains("Checkpoint in " + folder.resolve("demo-1"));
    }

    @Test
    void aRunMayBeSilentForHours() {
        service.afterSubmit = run -> List.of(Told.accepted(run, SPEC));

        assertThat(demo(each(Duration.ofMinutes(80))))
                .isEqualTo(new Demo.NotReady(new NoNews(Duration.ofHours(12), false)));
    }

    /** A clock that is so much later each time somebody looks. */
    private static InstantSource each(Duration step) {
        AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH);
        return () -> now.updateAndGet(before -> before.plus(step));
    }

    private Demo.End demo() {
        return demo(InstantSource.system());
    }

    private Demo.End demo(InstantSource clock) {
        Screen screen = new Screen(new PrintWriter(said), Screen.Kind.PLAIN, InstantSource.system());
        return new Demo(service, screen, stop, clock, clock.instant())
                .run("demo-1", RUN, List.of(Path.of("a.jpg")), PROMPTS, folder.resolve("sheet.png"), folder);
    }

    private static CheckpointReady ready() {
        return CheckpointReady.newBuilder()
                .setRunId("demo-1")
                .setStep(300)
                .setLast(true)
                .setInstancePrompt("a photo of a sks teapot")
                .build();
    }
}
