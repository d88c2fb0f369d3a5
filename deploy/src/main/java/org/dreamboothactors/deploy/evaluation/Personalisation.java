package org.dreamboothactors.deploy.evaluation;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.dreamboothactors.deploy.local.StopSignal;
import org.dreamboothactors.deploy.progress.RunProgress.Ending;
import org.dreamboothactors.deploy.progress.RunWatch;
import org.dreamboothactors.deploy.progress.RunWatch.Patience;
import org.dreamboothactors.deploy.progress.RunWatch.RunOver;
import org.dreamboothactors.deploy.progress.Screen;
import org.dreamboothactors.deploy.remote.Announced;
import org.dreamboothactors.deploy.remote.Answers;
import org.dreamboothactors.deploy.remote.Remote;
import org.dreamboothactors.deploy.remote.Remote.Feed;
import org.dreamboothactors.deploy.run.RunDescription;
import org.dreamboothactors.deploy.run.RunYaml;
import org.dreamboothactors.diffusion.images.Png;
import org.dreamboothactors.diffusion.images.RgbImage;
import org.dreamboothactors.diffusion.judging.JudgeOpinion;
import org.dreamboothactors.protocol.CachedLatents;
import org.dreamboothactors.protocol.v1.RunEvent;
import org.dreamboothactors.protocol.v1.RunSpec;
import org.dreamboothactors.protocol.v1.Sample;
import org.dreamboothactors.protocol.v1.SampleRequest;
import org.dreamboothactors.protocol.v1.SamplesReady;
import org.dreamboothactors.toyworld.Place;

/**
 * Personalises held-out subjects by a service, with the demo's numbers, and has the judge look at what comes of it.
 *
 * @param numbers the demo's {@code run.yaml}
 * @param folder gets photos and drawings
 */
public record Personalisation(
        Remote remote, JudgeOpinion judge, Path numbers, Path folder, StopSignal stop, InstantSource clock) {
    private static final String TENANT = "evaluation";
    private static final Patience PATIENCE = new Patience(Duration.ofMinutes(1), Duration.ofMinutes(30));
    private static final Duration LONGEST_SEARCH = Duration.ofMinutes(1);
    /** Pictures of the subject, and of its class, in each place that the photos lack. */
    private static final int EACH = 2;

    private static final long PICTURE_SEED = 100;

    /**
     * Every subject under every seed from 1, with prior preservation and without; empty when a stop signal came.
     *
     * @param told hears each row when it is there
     */
    public Optional<Scores> all(List<Sitter> sitters, int seeds, Consumer<Scores.Row> told) {
        String evaluation = "evaluation-" + clock.instant().getEpochSecond();
        List<Scores.Row> rows = new ArrayList<>();
        for (Sitter sitter : sitters) {
            for (int seed = 1; seed <= seeds; seed++) {
                String run = evaluation + "-" + sitter.word() + "-" + seed;
                Optional<Score> with = of(sitter, run, seed, true);
                Optional<Score> without =
                        with.isEmpty() ? Optional.empty() : of(sitter, run + "-no-prior", seed, false);
                if (without.isEmpty()) {
                    return Optional.empty();
                }
                Scores.Row row = new Scores.Row(sitter, seed, with.get(), without);
                rows.add(row);
                told.accept(row);
            }
        }
        return Optional.of(new Scores(rows));
    }

    /**
     * Trains a run and judges it; empty when a stop signal came.
     *
     * @param runId a name of its own
     * @param prior whether class images keep the class as it was
     */
    private Optional<Score> of(Sitter sitter, String runId, long seed, boolean prior) {
        List<Path> photos = sitter.writePhotos(folder.resolve("photos-" + sitter.number()));
        RunDescription wanted = RunYaml.read(
                List.of(numbers),
                List.of(
                        "model.data.instance_prompt=a photo of a sks " + sitter.word(),
                        "model.data.regularization_prompt=a photo of a " + sitter.word(),
                        "model.with_prior_preservation=" + prior,
                        "seed=" + seed));
        remote.submit(Optional.of(runId), TENANT, photos, sampled(wanted), CachedLatents.none());
        List<RunEvent> events = new ArrayList<>();
        try (Feed<RunEvent> feed = remote.follow(runId)) {
            RunWatch.End end = RunWatch.plain(silent(), stop, clock).watch(feed, PATIENCE, events::add);
            return switch (end) {
                case RunWatch.Stopped() -> Optional.empty();
                case RunOver(var ending) when ending == Ending.READY -> drawn(sitter, runId, wanted, feed);
                case RunOver _, RunWatch.NoNews _ ->
                    throw new IllegalStateException("Cannot evaluate run " + runId + ": it ended as " + end);
            };
        }
    }

    private Optional<Score> drawn(Sitter sitter, String runId, RunDescription wanted, Feed<RunEvent> feed) {
        long step = Announced.find(remote, runId, OptionalLong.empty(), LONGEST_SEARCH, clock)
                .orElseThrow(() -> new IllegalStateException("Cannot find the checkpoint of run " + runId))
                .getStep();
        List<Place> places = sitter.newPlaces().stream()
                .flatMap(place -> Stream.generate(() -> place).limit(EACH))
                .toList();
        List<String> ofClass = prompts("", sitter, places);
        // Class prompts come first, so that both models draw them with the same seeds.
        String before =
                remote.draw(runId, request(wanted, ofClass).setCheckpointStep(0).build());
        String after = remote.draw(
                runId,
                request(wanted, ofClass)
                        .addAllPrompts(prompts("sks ", sitter, places))
                        .setCheckpointStep(step)
                        .build());
        Answers answers = new Answers(stop, clock, _ -> {});
        Optional<Map<String, SamplesReady>> pictures = answers.await(feed, Set.of(before, after), PATIENCE.later());
        return pictures.map(ready -> {
            List<RgbImage> plain = kept(answer(ready, before), runId + "/base");
            List<RgbImage> personalised = kept(answer(ready, after), runId + "/personalised");
            List<RgbImage> subject = personalised.subList(places.size(), personalised.size());
            List<Examiner.Drawn> drawn = new ArrayList<>();
            for (int i = 0; i < places.size(); i++) {
                drawn.add(new Examiner.Drawn(subject.get(i), places.get(i)));
            }
            return new Examiner(judge).score(sitter, drawn, plain, personalised.subList(0, places.size()));
        });
    }

    private static SamplesReady answer(Map<String, SamplesReady> ready, String request) {
        return ready.getOrDefault(request, SamplesReady.getDefaultInstance());
    }

    private static List<String> prompts(String identifier, Sitter sitter, List<Place> places) {
        return places.stream()
                .map(place -> "a photo of a " + identifier + sitter.word() + " " + place.phrase())
                .toList();
    }

    private static SampleRequest.Builder request(RunDescription wanted, List<String> prompts) {
        int resolution = wanted.spec().getResolution();
        return SampleRequest.newBuilder()
                .addAllPrompts(prompts)
                .setSeed(PICTURE_SEED)
                .setSampling(wanted.sampling().toBuilder().setWidth(resolution).setHeight(resolution));
    }

    /** Class images are drawn as all pictures of the run. */
    private static RunSpec sampled(RunDescription wanted) {
        RunSpec.Builder spec = wanted.spec().toBuilder();
        if (spec.hasPrior()) {
            spec.getPriorBuilder().setSampling(wanted.sampling());
        }
        return spec.build();
    }

    /** The pictures, which people may want to see as well. */
    private List<RgbImage> kept(SamplesReady answer, String name) {
        List<RgbImage> pictures = new ArrayList<>();
        try {
            Path target = Files.createDirectories(folder.resolve(name));
            for (Sample sample : answer.getSamplesList()) {
                Path file = target.resolve(pictures.size() + ".png");
                Files.write(file, remote.read(sample.getImage()));
                pictures.add(Png.read(file));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot keep pictures in " + folder + ": " + e.getMessage(), e);
        }
        return pictures;
    }

    private Screen silent() {
        return new Screen(new PrintWriter(Writer.nullWriter()), Screen.Kind.PLAIN, clock);
    }
}
