package org.dreamboothactors.deploy.demo;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.dreamboothactors.deploy.local.StopSignal;
import org.dreamboothactors.deploy.progress.Elapsed;
import org.dreamboothactors.deploy.progress.RunProgress.Ending;
import org.dreamboothactors.deploy.progress.RunWatch;
import org.dreamboothactors.deploy.progress.RunWatch.Patience;
import org.dreamboothactors.deploy.progress.RunWatch.RunOver;
import org.dreamboothactors.deploy.progress.Screen;
import org.dreamboothactors.deploy.progress.Spans;
import org.dreamboothactors.deploy.remote.Announced;
import org.dreamboothactors.deploy.remote.Answers;
import org.dreamboothactors.deploy.remote.Remote;
import org.dreamboothactors.deploy.remote.Remote.Feed;
import org.dreamboothactors.deploy.remote.SampleRequests;
import org.dreamboothactors.deploy.run.RunDescription;
import org.dreamboothactors.deploy.sheet.ContactSheet;
import org.dreamboothactors.deploy.sheet.RunPictures;
import org.dreamboothactors.protocol.v1.CheckpointReady;
import org.dreamboothactors.protocol.v1.RunEvent;
import org.dreamboothactors.protocol.v1.SampleRequest;
import org.dreamboothactors.protocol.v1.SamplesReady;

/** One run of the demo against a service, from upload to contact sheet. */
public final class Demo {
    private static final String TENANT = "demo";
    /** Class images and validation pictures are one event for many, and may take a slow processor hours. */
    private static final Patience PATIENCE = new Patience(Duration.ofMinutes(1), Duration.ofHours(12));

    private static final Duration LONGEST_CANCEL = Duration.ofSeconds(10);
    private static final Duration GLANCE = Duration.ofMillis(300);
    private static final Duration LONGEST_SEARCH = Duration.ofMinutes(1);

    /** How the demo ended. */
    public sealed interface End {}

    /** All files are there. */
    public record Done(CheckpointReady checkpoint, Path folder, RunTotals totals) implements End {}

    /** The run came to another end than a checkpoint, or to none that was heard of. */
    public record NotReady(RunWatch.End why) implements End {}

    /** A stop signal came. */
    public record Interrupted() implements End {}

    private final Remote remote;
    private final Screen screen;
    private final StopSignal stop;
    private final InstantSource clock;
    private final Instant begin;

    /** Times on the screen count from {@code begin}. */
    public Demo(Remote remote, Screen screen, StopSignal stop, InstantSource clock, Instant begin) {
        this.remote = remote;
        this.screen = screen;
        this.stop = stop;
        this.clock = clock;
        this.begin = begin;
    }

    /**
     * Publishes an upload and returns when sheet and checkpoint are on this machine.
     *
     * @param checkpoints folder below which the run's checkpoint is put
     */
    public End run(
            String runId,
            RunDescription wanted,
            List<Path> photos,
            SheetPrompts prompts,
            Path sheet,
            Path checkpoints) {
        say("Run " + runId + ": \"" + wanted.spec().getInstancePrompt() + "\", " + photos.size() + " photos");
        remote.submit(Optional.of(runId), TENANT, photos, prompts.watched(wanted.spec()));
        List<RunEvent> events = new ArrayList<>();
        try (Feed<RunEvent> feed = remote.follow(runId)) {
            RunWatch.End end = RunWatch.since(begin, screen, stop, clock).watch(feed, PATIENCE, events::add);
            switch (end) {
                case RunOver(var ending) when ending == Ending.READY -> {}
                case RunWatch.Stopped() -> {
                    cancel(runId, feed);
                    return new Interrupted();
                }
                case RunOver over -> {
                    return new NotReady(over);
                }
                case RunWatch.NoNews silence -> {
                    return new NotReady(silence);
                }
            }
            Optional<CheckpointReady> announced = Announced.last(remote, runId, LONGEST_SEARCH, clock);
            if (announced.isEmpty()) {
                throw new IllegalStateException("Cannot find the checkpoint of run " + runId
                        + ": the run is ready, but no checkpoint-ready was published");
            }
            Path folder = checkpoints.resolve(runId);
            remote.download(announced.get(), folder); // before the sheet, which may take hours and is worth less
            say("Checkpoint in " + folder);
            Optional<List<RunEvent>> drawn = drawn(runId, wanted, events, feed, prompts, announced.get(), sheet);
            if (drawn.isEmpty()) {
                return new Interrupted();
            }
            return new Done(announced.get(), folder, RunTotals.of(events));
        }
    }

    /** Has both models draw the same prompts with the same seeds, and writes the sheet; empty when stopped. */
    private Optional<List<RunEvent>> drawn(
            String runId,
            RunDescription wanted,
            List<RunEvent> events,
            Feed<RunEvent> feed,
            SheetPrompts prompts,
            CheckpointReady checkpoint,
            Path sheet) {
        SampleRequest.Builder request = SampleRequest.newBuilder()
                .addAllPrompts(prompts.all())
                .setSeed(wanted.pictureSeed())
                .setSampling(SampleRequests.sampling(events));
        say("Drawing the sheet: " + prompts.all().size() + " pictures by each model");
        String base = remote.draw(runId, request.setCheckpointStep(0).build());
        String personalised = remote.draw(
                runId, request.setCheckpointStep(checkpoint.getStep()).build());
        Answers answers = new Answers(
                stop, clock, silence -> screen.idle(Elapsed.prefix(begin, clock) + "drawing, " + Spans.text(silence)));
        Optional<Map<String, SamplesReady>> pictures =
                answers.await(feed, Set.of(base, personalised), Answers.patience(request.getPromptsCount()));
        pictures.ifPresent(drawn -> {
            drawn.values()
                    .forEach(answer -> events.add(RunEvent.newBuilder()
                            .setRunId(runId)
                            .setSamplesReady(answer)
                            .build()));
            ContactSheet.write(
                    "\"" + checkpoint.getInstancePrompt() + "\" after " + checkpoint.getStep() + " steps",
                    new RunPictures(events, remote::read).rows(base, personalised, Set.copyOf(prompts.ofClass())),
                    sheet);
        });
        return pictures.map(_ -> events);
    }

    /** So that it does not go on beside the next demo. */
    private void cancel(String runId, Feed<RunEvent> feed) {
        say("Interrupted, cancelling the run");
        remote.cancel(runId, "the demo was interrupted");
        Instant limit = clock.instant().plus(LONGEST_CANCEL);
        while (clock.instant().isBefore(limit)) {
            if (feed.next(GLANCE).filter(RunEvent::hasCancelled).isPresent()) {
                return;
            }
        }
    }

    private void say(String line) {
        screen.print(Elapsed.prefix(begin, clock) + line);
    }
}
