package org.dreamboothactors.deploy.remote;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.dreamboothactors.deploy.Told;
import org.dreamboothactors.protocol.CachedLatents;
import org.dreamboothactors.protocol.v1.CheckpointReady;
import org.dreamboothactors.protocol.v1.RunEvent;
import org.dreamboothactors.protocol.v1.RunSpec;
import org.dreamboothactors.protocol.v1.Sample;
import org.dreamboothactors.protocol.v1.SampleRequest;
import org.dreamboothactors.protocol.v1.SamplesReady;
import org.dreamboothactors.protocol.v1.StoredObject;
import org.dreamboothactors.storage.Sha256;

/** A service in memory: tells the events that it is given, draws, cancels and erases at once. */
public final class FakeRemote implements Remote {
    private static final String FRESH = "fresh-run";

    public final List<RunEvent> events = new ArrayList<>();
    public final List<CheckpointReady> announced = new ArrayList<>();
    public final List<RunSpec> submitted = new ArrayList<>();
    public final List<List<Path>> photos = new ArrayList<>();
    public final List<List<Path>> classPhotos = new ArrayList<>();
    public final List<CachedLatents> latents = new ArrayList<>();
    public final List<SampleRequest> drawn = new ArrayList<>();
    public final List<Path> downloads = new ArrayList<>();

    /** How often the events of all runs were asked for. */
    public int replaysOfAll;

    /** What a run's events are once it is submitted. */
    public Function<String, List<RunEvent>> afterSubmit = _ -> List.of();

    /** Other runs' events before those of a run that is followed. */
    public LongSupplier left = () -> 0;

    public BooleanSupplier answers = () -> true;

    /** What an object holds. */
    public Function<StoredObject, byte[]> content = object -> TestPng.of(object.getKey());

    /** Writes what a checkpoint holds. */
    public Consumer<Path> checkpoint = FakeRemote::smallest;

    @Override
    public String submit(
            Optional<String> runId,
            String tenant,
            List<Path> files,
            RunSpec spec,
            List<Path> ofClass,
            CachedLatents given) {
        classPhotos.add(ofClass);
        latents.add(given);
        submitted.add(spec);
        photos.add(files);
        String id = runId.orElse(FRESH);
        events.addAll(afterSubmit.apply(id));
        return id;
    }

    @Override
    public void cancel(String runId, String reason) {
        events.add(Told.cancelled(runId, reason));
    }

    @Override
    public void erase(String runId, String reason) {
        events.add(Told.erased(runId, 12));
    }

    @Override
    public StoredObject uploadLora(Path file) {
        return StoredObject.newBuilder()
                .setKey("lora/" + file.getFileName())
                .setSha256(Sha256.of(file))
                .build();
    }

    @Override
    public String draw(String runId, SampleRequest request) {
        drawn.add(request);
        String id = "draw-" + drawn.size();
        SamplesReady.Builder answer = SamplesReady.newBuilder().setRequestId(id).setStep(request.getCheckpointStep());
        for (int i = 0; i < request.getPromptsCount(); i++) {
            answer.addSamples(Sample.newBuilder()
                    .setPrompt(request.getPrompts(i))
                    .setSeed(request.getSeed() + i)
                    .setImage(StoredObject.newBuilder().setKey(request.getCheckpointStep() + "/" + i)));
        }
        events.add(RunEvent.newBuilder().setRunId(runId).setSamplesReady(answer).build());
        return id;
    }

    @Override
    public Feed<RunEvent> follow(String runId) {
        return new Feed<>() {
            private int next = 0;

            @Override
            public Optional<RunEvent> next(Duration atMost) {
                while (next < events.size()) {
                    RunEvent event = events.get(next++);
                    if (event.getRunId().equals(runId)) {
                        return Optional.of(event);
                    }
                }
                return Optional.empty();
            }

            @Override
            public long left() {
                return left.getAsLong();
            }

            @Override
            public boolean answers() {
                return answers.getAsBoolean();
            }

            @Override
            public void close() {}
        };
    }

    @Override
    public void replay(Consumer<RunEvent> each) {
        replaysOfAll++;
        events.forEach(each);
    }

    @Override
    public void replay(String runId, Consumer<RunEvent> each) {
        events.stream().filter(event -> event.getRunId().equals(runId)).forEach(each);
    }

    @Override
    public void replayCheckpoints(String runId, Consumer<CheckpointReady> each) {
        announced.stream().filter(ready -> ready.getRunId().equals(runId)).forEach(each);
    }

    @Override
    public byte[] read(StoredObject object) {
        return content.apply(object);
    }

    private static void smallest(Path folder) {
        try {
            Files.writeString(Files.createDirectories(folder).resolve("model_index.json"), "{}");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void download(CheckpointReady checkpoint, Path folder) {
        downloads.add(folder);
        this.checkpoint.accept(folder);
    }

    @Override
    public void close() {}
}
