package org.dreamboothactors.benchmarks;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.dreamboothactors.allreduce.AllReduce;
import org.dreamboothactors.allreduce.Layout;
import org.dreamboothactors.allreduce.Member;
import org.dreamboothactors.allreduce.mapped.MappedAllReduce;
import org.dreamboothactors.diffusion.BaseWeights;
import org.dreamboothactors.diffusion.Compute;
import org.dreamboothactors.diffusion.ComputePrecision;
import org.dreamboothactors.diffusion.DreamBoothTrainer;
import org.dreamboothactors.diffusion.Exchange;
import org.dreamboothactors.diffusion.PeakMemory;
import org.dreamboothactors.diffusion.Refinements;
import org.dreamboothactors.diffusion.StepResult;
import org.dreamboothactors.diffusion.TrainingConfig;
import org.dreamboothactors.diffusion.TrainingData;
import org.dreamboothactors.diffusion.lora.LoraSettings;
import org.dreamboothactors.diffusion.training.OptimizerKind;
import org.dreamboothactors.diffusion.training.Ranks;
import org.dreamboothactors.diffusion.weights.Safetensors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Times the product's DreamBooth step on random latents: one line a step, {@code step N total SECONDS ...}. */
@Command(name = "train-step", mixinStandardHelpOptions = true, description = "Times DreamBooth steps of a model.")
final class TrainStep implements Callable<Integer> {
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    @Parameters(paramLabel = "MODEL", description = "diffusers folder, e.g. one of ./dreambooth random-model")
    Path model = Path.of("");

    @Option(names = "--steps", defaultValue = "3", description = "default 3; the first is a warm-up")
    int steps;

    @Option(names = "--runs", defaultValue = "1", description = "so many steps again, of another run; default 1")
    int runs = 1;

    @Option(names = "--latent-size", defaultValue = "64", description = "sides of the latents; default 64: 512 pixels")
    int latentSize;

    @Option(names = "--latent-channels", defaultValue = "4", description = "default 4")
    int latentChannels;

    @Option(names = "--micro-batch", defaultValue = "1", description = "instance samples; as many class samples on top")
    int microBatch;

    @Option(names = "--threads", description = "default: all cores")
    int threads = Runtime.getRuntime().availableProcessors();

    @Option(names = "--train-text-encoder", description = "the text encoder learns too")
    boolean trainTextEncoder;

    @Option(names = "--precision", defaultValue = "32", description = "32, bf16 or auto; default 32")
    String precision = "32";

    @Option(names = "--optimizer", defaultValue = "adamw", description = "adamw or adamw_8bit; default adamw")
    String optimizer = "adamw";

    @Option(names = "--lora-rank", description = "train adapters of this rank")
    Optional<Integer> loraRank = Optional.empty();

    @Option(names = "--activation-checkpointing", description = "one more forward pass for less memory")
    boolean activationCheckpointing;

    @Option(names = "--channels-last", description = "the channels of a pixel side by side in memory")
    boolean channelsLast;

    @Option(names = "--no-flash-attention", description = "attention that holds all scores")
    boolean explicitAttention;

    @Option(names = "--whole-graph", description = "the UNet as one graph")
    boolean wholeGraph;

    @Option(names = "--ranks", defaultValue = "1", description = "train together, each with --threads; default 1")
    int ranks = 1;

    @Option(names = "--no-overlap", description = "ranks sum when the reverse pass is over")
    boolean noOverlap;

    @Override
    public Integer call() throws IOException {
        Path scratch = Files.createTempDirectory("train-step");
        try {
            TrainingData data = data(scratch);
            if (ranks == 1) {
                train(data, Ranks.alone());
            } else {
                trainTogether(data, scratch.resolve("shared"));
            }
        } finally {
            delete(scratch);
        }
        return 0;
    }

    /** Ranks on threads of this process: libtorch has no more than {@code --threads} for each of them. */
    private void trainTogether(TrainingData data, Path shared) {
        long bucket = noOverlap ? Long.MAX_VALUE : Ranks.alone().bucketFloats();
        try (ExecutorService all = Executors.newFixedThreadPool(ranks)) {
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < ranks; i++) {
                int rank = i;
                Function<Layout, AllReduce> join = layout ->
                        MappedAllReduce.join(shared, new Member("train-step", 1, rank, ranks, layout), PATIENCE);
                running.add(all.submit(() -> train(data, new Ranks(rank, ranks, join, bucket))));
            }
            for (Future<?> rank : running) {
                var _ = rank.get();
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException("A rank failed: " + e.getCause(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** One run after the other, as on a device. */
    private void train(TrainingData data, Ranks place) {
        if (loraRank.isEmpty()) {
            for (int run = 0; run < runs; run++) {
                train(() -> DreamBoothTrainer.open(model, config(), data, threads, place), place);
            }
            return;
        }
        try (BaseWeights base = BaseWeights.keep(model, threads)) {
            for (int run = 0; run < runs; run++) {
                train(() -> DreamBoothTrainer.open(base, config(), data, threads, place), place);
            }
        }
    }

    private void train(Supplier<DreamBoothTrainer> opening, Ranks place) {
        long begun = System.nanoTime();
        try (DreamBoothTrainer trainer = opening.get()) {
            if (place.rank() == 0) {
                System.out.printf("%s, opened in %.3f s%n", trainer.environment(), (System.nanoTime() - begun) / 1e9);
            }
            for (int i = 0; i < steps; i++) {
                long start = System.nanoTime();
                StepResult result = trainer.trainStep();
                double seconds = (System.nanoTime() - start) / 1e9;
                if (place.rank() == 0) {
                    Exchange exchange = trainer.lastExchange();
                    System.out.printf(
                            "step %d total %.3f loss %.4f rss %s sums %.3f of them waited for %.3f%n",
                            i,
                            seconds,
                            result.loss(),
                            PeakMemory.text(),
                            exchange.summing().toMillis() / 1e3,
                            exchange.waited().toMillis() / 1e3);
                }
            }
        }
    }

    private TrainingConfig config() {
        return new TrainingConfig(
                1,
                steps,
                1e-6,
                trainTextEncoder,
                1e-6,
                microBatch,
                0.9,
                0.999,
                1e-8,
                0.01,
                1,
                1,
                true,
                "a photo of a sks teapot",
                "a photo of a teapot",
                refinements());
    }

    private Refinements refinements() {
        Refinements none = Refinements.NONE;
        return new Refinements(
                1,
                none.schedule(),
                none.snrGamma(),
                none.noiseOffset(),
                none.emaDecay(),
                loraRank.map(rank -> LoraSettings.attention(rank, rank)),
                new Compute(
                        ComputePrecision.of(precision),
                        OptimizerKind.of(optimizer),
                        activationCheckpointing,
                        channelsLast,
                        !explicitAttention,
                        wholeGraph));
    }

    private TrainingData data(Path folder) {
        return TrainingData.ofLatents(
                List.of(latent(folder.resolve("instance.safetensors"))),
                List.of(latent(folder.resolve("class.safetensors"))));
    }

    /** Moments with mean and log-variance from a normal distribution: what they hold does not change the time. */
    private Path latent(Path file) {
        try (NDManager manager = NDManager.newBaseManager();
                NDArray moments = manager.randomNormal(
                        0, 1, new Shape(2L * latentChannels, latentSize, latentSize), DataType.FLOAT32)) {
            Safetensors.write(Map.of("moments", moments), Map.of(), file);
        }
        return file;
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
