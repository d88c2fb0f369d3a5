package org.dreamboothactors.deploy.evaluation;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
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
import org.dreamboothactors.protocol.v1.RunEvent;
import org.dreamboothactors.protocol.v1.RunSpec;
import org.dreamboothactors.protocol.v1.Sample;
import org.dreamboothactors.protocol.v1.SampleRequest;
import org.dreamboothactors.protocol.v1.SamplesReady;
import org.dreamboothactors.storage.Sha256;
import org.dreamboothactors.toyworld.Place;

/**
 * Personalises held-out subjects by a service, with the demo's numbers, and has the judge look at what comes of it.
 *
 * <p>A run's name says what it is made from. A service that has it already does not train again, so that an evaluation that
 * was ended goes on where it was.
 *
 * @param baseModel digests of what is personalised
 * @param numbers the demo's {@code run.yaml}
 * @param ahead so many runs are with the service at once
 * @param folder gets photos and drawings
 */
public record Personalisation(
        Remote remote,
        JudgeOpinion judge,
        String baseModel,
        Path numbers,
        int ahead,
        Path folder,
        StopSignal stop,
        InstantSource clock) {
    private static final String TENANT = "evaluation";
    /** Runs ahead may all be trained before the one that is waited for. */
    private static final Patience PATIENCE = new Patience(Duration.ofMinutes(1), Duration.ofMinutes(60));

    private static final Duration LONGEST_SEARCH = Duration.ofMinutes(1);
    /** Pictures of the subject, and of its class, in each place that the photos lack. */
    private static final int EACH = 2;

    private static final long PICTURE_SEED = 100;
    private static final int NAME_DIGITS = 12;

    /** Whether class images keep the class as it was. */
    private enum Prior {
        WITH("prior"),
        WITHOUT("no-prior");

        private final String word;

        Prior(String word) {
            this.word = word;
        }
    }

    /** A run to be asked for. */
    private record Wanted(Sitter sitter, String runId, List<Path> photos, RunDescription run) {}

    /** The runs of a row of the table. */
    private record Both(Sitter sitter, long seed, Wanted with, Wanted without) {}

    /**
     * Every subject under every seed from 1, with prior preservation and without; empty when a stop signal came.
     *
     * @param told hears each row when it is there
     */
    public Optional<Scores> all(List<Sitter> sitters, int seeds, Consumer<Scores.Row> told) {
        List<Both> all = sitters.stream().flatMap(sitter -> both(sitter, seeds)).toList();
        Iterator<Wanted> next = all.stream()
                .flatMap(both -> Stream.of(both.with(), both.without()))
                .iterator();
        submit(next, ahead);
        List<Scores.Row> rows = new ArrayList<>();
        for (Both both : all) {
            Optional<Score> with = of(both.with());
            submit(next, 1);
            Optional<Score> without = with.flatMap(_ -> of(both.without()));
            submit(next, 1);
            if (without.isEmpty()) {
                return Optional.empty();
            }
            Scores.Row row = new Scores.Row(both.sitter(), both.seed(), with.get(), without);
            rows.add(row);
            told.accept(row);
        }
        return Optional.of(new Scores(rows));
    }

    private Stream<Both> both(Sitter sitter, int seeds) {
        List<Path> photos = sitter.writePhotos(folder.resolve("photos-" + sitter.number()));
        return LongStream.rangeClosed(1, seeds)
                .mapToObj(seed -> new Both(
                        sitter,
                        seed,
                        wanted(sitter, seed, Prior.WITH, photos),
                        wanted(sitter, seed, Prior.WITHOUT, photos)));
    }

    private Wanted wanted(Sitter sitter, long seed, Prior prior, List<Path> photos) {
        RunDescription run = RunYaml.read(
                List.of(numbers),
                List.of(
                        "model.data.instance_prompt=a photo of a sks " + sitter.word(),
                        "model.data.regularization_prompt=a photo of a " + sitter.word(),
                        "model.with_prior_preservation=" + (prior == Prior.WITH),
                        "seed=" + seed));
        String madeFrom = photos.stream().map(Sha256::of).collect(Collectors.joining()) + sampled(run) + baseModel;
        String digest = Sha256.of(madeFrom.getBytes(StandardCharsets.UTF_8)).substring(0, NAME_DIGITS);
        String name = String.join("-", sitter.word(), Long.toString(seed), prior.word, digest);
        return new Wanted(sitter, name, photos, run);
    }

    /** Asks for so many more, unless the service was told to stop. */
    private void submit(Iterator<Wanted> next, int count) {
        for (int i = 0; i < count && next.hasNext() && !stop.given(); i++) {
            submit(next.next());
        }
    }

    private void submit(Wanted wanted) {
        remote.submit(Optional.of(wanted.runId()), TENANT, wanted.photos(), sampled(wanted.run()));
    }

    /** Waits for a run and judges it; empty when a stop signal came. */
    private Optional<Score> of(Wanted wanted) {
        List<RunEvent> events = new ArrayList<>();
        try (Feed<RunEvent> feed = remote.follow(wanted.runId())) {
            RunWatch.End end = RunWatch.plain(silent(), stop, clock).watch(feed, PATIENCE, events::add);
            return switch (end) {
                case RunWatch.Stopped() -> Optional.empty();
                case RunOver(var ending)
                when ending == Ending.READY -> drawn(wanted.sitter(), wanted.runId(), wanted.run(), feed);
                case RunOver _, RunWatch.NoNews _ ->
                    throw new IllegalStateException("Cannot evaluate run " + wanted.runId() + ": it ended as " + end
                            + ". To have all runs trained anew, remove " + folder.resolve("service"));
            };
        }
    }

    private Optional<Score> drawn(Sitter sitter, String runId, RunDescription wanted, Feed<RunEvent> feed) {
        long step = Announced.last(remote, runId, LONGEST_SEARCH, clock)
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

    /** Class images are drawn as all pictures of the run are told to be, but for their size. */
    private static RunSpec sampled(RunDescription wanted) {
        RunSpec.Builder spec = wanted.spec().toBuilder();
        if (spec.hasPrior()) {
            spec.getPriorBuilder()
                    .setSampling(wanted.sampling().toBuilder().clearWidth().clearHeight());
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
