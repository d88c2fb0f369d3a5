package org.dreamboothactors.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.dreamboothactors.allreduce.Member;
import org.dreamboothactors.allreduce.RingBroken;
import org.dreamboothactors.allreduce.mapped.MappedAllReduce;
import org.dreamboothactors.diffusion.images.Crop;
import org.dreamboothactors.diffusion.images.Png;
import org.dreamboothactors.diffusion.images.RgbImage;
import org.dreamboothactors.diffusion.training.LearningRateSchedule;
import org.dreamboothactors.diffusion.training.Ranks;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Ranks are threads here; that they are processes as well is shown by the reference cases. */
@Timeout(300)
class RankedTrainerTest {
    private static final Path TOKENIZER = Path.of("src/test/resources/golden/clip-tokenizer");
    private static final int THREADS = Runtime.getRuntime().availableProcessors();

    private static final String PNG = ".png";
    private static final String LATENT = ".safetensors";

    @TempDir
    static Path shared;

    private static Path model;
    private static TrainingData data;

    @BeforeAll
    static void makeModelAndLatents() {
        model = shared.resolve("model");
        RandomModel.write(model, RandomModel.Size.TINY, TOKENIZER);
        try (StableDiffusion diffusion = StableDiffusion.open(model, THREADS)) {
            data = new TrainingData(
                    latents(diffusion, "photo", 3).stream()
                            .<TrainingData.Picture>map(latent -> new TrainingData.Photo(
                                    Path.of(latent.toString().replace(LATENT, PNG)), 32))
                            .toList(),
                    latents(diffusion, "class", 5).stream()
                            .<TrainingData.Picture>map(TrainingData.Latent::new)
                            .toList());
        }
    }

    private static List<Path> latents(StableDiffusion diffusion, String name, int count) {
        List<Path> files = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            byte[] rgb = new byte[40 * 32 * RgbImage.CHANNELS];
            new Random(name.hashCode() + i).nextBytes(rgb);
            Path png = shared.resolve(name + i + PNG);
            Png.write(new RgbImage(40, 32, rgb), png);
            Path moments = shared.resolve(name + i + LATENT);
            diffusion.encode(png, moments, Crop.center(32));
            files.add(moments);
        }
        return files;
    }

    /** What a rank ends with. */
    private record Trained(String digest, List<StepResult> steps, String environment) {}

    @ParameterizedTest
    @CsvSource({"2, 1, false", "2, 2, true", "3, 1, false", "4, 1, false", "8, 1, false"})
    void ranksShareTheMicroBatchesOfOneTrainer(int ranks, int each, boolean trainTextEncoder) throws Exception {
        Trained alone = play(1, ranks * each, trainTextEncoder, 4).getFirst();
        List<Trained> together = play(ranks, each, trainTextEncoder, 4);

        for (Trained rank : together) {
            assertThat(rank).isEqualTo(together.getFirst());
            for (int i = 0; i < 4; i++) {
                StepResult ours = rank.steps().get(i);
                StepResult theirs = alone.steps().get(i);
                assertThat(ours.loss()).isCloseTo(theirs.loss(), within(1e-4 * theirs.loss()));
                assertThat(ours.priorLoss()).isCloseTo(theirs.priorLoss(), within(1e-4 * theirs.priorLoss()));
                assertThat(ours.gradNorm()).isCloseTo(theirs.gradNorm(), within(1e-3 * theirs.gradNorm()));
            }
        }
        assertThat(together.getFirst().environment()).isEqualTo(alone.environment() + " ranks=" + ranks);
    }

    @Test
    void ranksThatGoOnFromAStateHaveTheBitsOfThoseThatNeverStopped(@TempDir Path folder) throws Exception {
        Path state = folder.resolve("state.safetensors");
        String undisturbed = play(2, 1, false, 5).getFirst().digest();
        var _ = ranks(2, 1, false, folder, trainer -> {
            trainer.trainStep();
            trainer.trainStep();
            return isRank(0) ? trainer.saveState(state) : trainer.weightsDigest();
        });

        List<String> digests = ranks(2, 1, false, folder, trainer -> {
            trainer.restore(state);
            for (int i = 0; i < 3; i++) {
                trainer.trainStep();
            }
            return trainer.weightsDigest();
        });

        assertThat(digests).containsExactly(undisturbed, undisturbed);
    }

    @Test
    void aRankWhoseFellowIsGoneSaysSo(@TempDir Path folder) throws Exception {
        List<String> ends = ranks(2, 1, false, folder, trainer -> {
            trainer.trainStep();
            if (isRank(1)) {
                return "gone";
            }
            try {
                trainer.trainStep();
                return "trained";
            } catch (RingBroken e) {
                return String.valueOf(e.getMessage());
            }
        });

        assertThat(ends.get(1)).isEqualTo("gone");
        assertThat(ends.get(0)).contains("rank 1 of 2 is gone");
    }

    private static List<Trained> play(int ranks, int accumulation, boolean trainTextEncoder, int steps)
            throws Exception {
        Path folder = Files.createTempDirectory(shared, "ranks");
        return ranks(ranks, accumulation, trainTextEncoder, folder, trainer -> {
            List<StepResult> results = new ArrayList<>();
            for (int i = 0; i < steps; i++) {
                results.add(trainer.trainStep());
            }
            return new Trained(trainer.weightsDigest(), results, trainer.environment());
        });
    }

    private static boolean isRank(int rank) {
        return Thread.currentThread().getName().equals("rank-" + rank);
    }

    private static TrainingConfig config(int accumulation, boolean trainTextEncoder) {
        return new TrainingConfig(
                7,
                6,
                1e-3,
                trainTextEncoder,
                1e-3,
                1,
                0.9,
                0.999,
                1e-8,
                0.01,
                1,
                0.5,
                true,
                "a photo of a sks teapot",
                "a photo of a teapot",
                new Refinements(
                        accumulation,
                        new LearningRateSchedule.Constant(),
                        OptionalDouble.of(5),
                        0,
                        OptionalDouble.empty()));
    }

    private interface Work<T> {
        T with(DreamBoothTrainer trainer) throws Exception;
    }

    private static <T> List<T> ranks(int count, int accumulation, boolean trainTextEncoder, Path folder, Work<T> work)
            throws Exception {
        try (ExecutorService threads = Executors.newThreadPerTaskExecutor(
                Thread.ofPlatform().name("rank-", 0).factory())) {
            List<Callable<T>> all = IntStream.range(0, count)
                    .<Callable<T>>mapToObj(rank -> () -> {
                        Ranks place = new Ranks(
                                rank,
                                count,
                                layout -> MappedAllReduce.join(
                                        folder.resolve("numbers"),
                                        new Member("zig", 1, rank, count, layout),
                                        Duration.ofSeconds(60)));
                        try (DreamBoothTrainer trainer = DreamBoothTrainer.open(
                                model, config(accumulation, trainTextEncoder), data, THREADS, place)) {
                            return work.with(trainer);
                        }
                    })
                    .toList();
            List<T> results = new ArrayList<>();
            for (Future<T> result : all.stream().map(threads::submit).toList()) {
                results.add(result.get(200, TimeUnit.SECONDS));
            }
            return results;
        }
    }
}
