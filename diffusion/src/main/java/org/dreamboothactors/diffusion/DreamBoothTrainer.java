package org.dreamboothactors.diffusion;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.dreamboothactors.diffusion.kernels.Kernels;
import org.dreamboothactors.diffusion.kernels.Tape;
import org.dreamboothactors.diffusion.lora.LoraFiles;
import org.dreamboothactors.diffusion.lora.LoraLayers;
import org.dreamboothactors.diffusion.lora.LoraSettings;
import org.dreamboothactors.diffusion.models.AutoencoderKL;
import org.dreamboothactors.diffusion.models.CLIPTextModel;
import org.dreamboothactors.diffusion.models.UNet2DConditionModel;
import org.dreamboothactors.diffusion.models.VaeConfig;
import org.dreamboothactors.diffusion.sampling.ModelEasel;
import org.dreamboothactors.diffusion.sampling.Painter;
import org.dreamboothactors.diffusion.schedulers.Draws;
import org.dreamboothactors.diffusion.schedulers.NoiseSchedule;
import org.dreamboothactors.diffusion.schedulers.SchedulerSettings;
import org.dreamboothactors.diffusion.tokenizer.ClipTokenizer;
import org.dreamboothactors.diffusion.training.BatchPlan;
import org.dreamboothactors.diffusion.training.CheckpointFolder;
import org.dreamboothactors.diffusion.training.DreamBoothStep;
import org.dreamboothactors.diffusion.training.Ema;
import org.dreamboothactors.diffusion.training.Fingerprint;
import org.dreamboothactors.diffusion.training.LearningNetworks;
import org.dreamboothactors.diffusion.training.LearningRate;
import org.dreamboothactors.diffusion.training.NoiseOffset;
import org.dreamboothactors.diffusion.training.Objective;
import org.dreamboothactors.diffusion.training.Optimizer;
import org.dreamboothactors.diffusion.training.RankedGradients;
import org.dreamboothactors.diffusion.training.Ranks;
import org.dreamboothactors.diffusion.training.Samples;
import org.dreamboothactors.diffusion.training.SavedState;
import org.dreamboothactors.diffusion.training.TextCondition;
import org.dreamboothactors.diffusion.training.TrainingLoop;
import org.dreamboothactors.diffusion.training.WeightsDigest;
import org.dreamboothactors.diffusion.weights.Safetensors;
import org.dreamboothactors.diffusion.weights.StoredWeights;
import org.dreamboothactors.diffusion.weights.Weights;

/**
 * Fine-tunes a diffusers folder on a subject (Ruiz et al. 2022), step by step.
 *
 * <p>Everything random comes from the run's seed and the step's number: a trainer restored at a step goes on with the
 * bits of one that never stopped, where {@link #environment} is the same. Owned by the thread that opened it.
 */
public final class DreamBoothTrainer implements AutoCloseable {
    /** Folder of a checkpoint that holds adapters as files of their own. */
    public static final String LORA = "lora";

    private final Kernels kernels;
    private final BaseWeights base;
    private final TrainingConfig config;
    private final int threads;
    private final ClipTokenizer tokenizer;
    /** Empty where it does not learn: what it says about the prompts is computed once. */
    private final Optional<CLIPTextModel> textEncoder;

    private final UNet2DConditionModel unet;
    private final SchedulerSettings scheduler;
    private final Samples samples;
    /** Empty where all pictures were encoded before. */
    private final Optional<PictureEncoder> encoder;

    private final Compute compute;
    private final Optional<String> warning;
    private final List<Optimizer> optimizers = new ArrayList<>();
    private final TextCondition text;
    private final double latentScale;
    private final Optional<Ema> ema;
    private final Ranks ranks;
    private final Optional<RankedGradients> others;
    private LearningNetworks networks;
    private TrainingLoop loop;

    private DreamBoothTrainer(
            Kernels kernels,
            BaseWeights base,
            ClipTokenizer tokenizer,
            TrainingConfig config,
            TrainingData data,
            int threads,
            Ranks ranks) {
        this.kernels = kernels;
        this.ranks = ranks;
        this.base = base;
        this.config = config;
        this.threads = threads;
        Compute wanted = config.refinements().compute();
        DecidedPrecision decided = DecidedPrecision.of(wanted.precision(), kernels, threads);
        compute = wanted.in(decided.precision());
        this.tokenizer = tokenizer;
        warning = Stream.of(
                        decided.warning(),
                        tooLong("instance_prompt", config.instancePrompt()),
                        config.withPrior() ? tooLong("class_prompt", config.classPrompt()) : Optional.<String>empty())
                .flatMap(Optional::stream)
                .reduce((one, other) -> one + "; " + other);
        scheduler = StableDiffusion.scheduler(base.folder());
        latentScale = VaeConfig.read(base.folder(AutoencoderKL.PART)).scalingFactor();
        encoder = data.encodesOnline() ? Optional.of(new PictureEncoder(kernels, base.vae(kernels))) : Optional.empty();
        samples = Samples.read(data, kernels, new Draws(config.seed()), encoder);
        List<long[]> ids =
                new ArrayList<>(Collections.nCopies(config.microBatch(), tokenizer.ids(config.instancePrompt())));
        if (config.withPrior()) {
            ids.addAll(Collections.nCopies(config.microBatch(), tokenizer.ids(config.classPrompt())));
        }
        if (config.trainTextEncoder()) {
            CLIPTextModel learning =
                    CLIPTextModel.over(base.folder(CLIPTextModel.PART), learning(CLIPTextModel.PART), kernels);
            optimizers.add(optimizer(learning.weights(), config.textEncoderLearningRate()));
            text = TextCondition.learning(kernels, learning, ids);
            textEncoder = Optional.of(learning);
        } else {
            text = TextCondition.frozen(kernels, base.textEncoder(kernels), ids);
            base.done(CLIPTextModel.PART);
            textEncoder = Optional.empty();
        }
        unet = UNet2DConditionModel.over(
                base.folder(UNet2DConditionModel.PART), learning(UNet2DConditionModel.PART), kernels);
        optimizers.add(optimizer(unet.weights(), config.learningRate()));
        OptionalDouble decay = config.refinements().emaDecay();
        ema = decay.isPresent() ? Optional.of(Ema.of(kernels, decay.getAsDouble(), optimizers)) : Optional.empty();
        others = RankedGradients.join(kernels, ranks, optimizers);
        networks = networks(0);
        loop = loop(0);
    }

    /**
     * A trainer before its first step. Throws {@link IllegalArgumentException} or
     * {@link UnsupportedOperationException} for a model or data it cannot train.
     *
     * @param model diffusers folder to start from
     * @param threads that one operation may use; part of {@link #environment}
     */
    public static DreamBoothTrainer open(Path model, TrainingConfig config, TrainingData data, int threads) {
        return open(model, config, data, threads, Ranks.alone());
    }

    /**
     * The same as one rank of several, which all have to be opened at about the same time: each does {@code accumulation}
     * micro-batches of a step, and gradients are averaged. Where a rank is lost, {@link #trainStep} throws
     * {@link org.dreamboothactors.allreduce.RingBroken} and this trainer is of no use any more.
     */
    public static DreamBoothTrainer open(
            Path model, TrainingConfig config, TrainingData data, int threads, Ranks ranks) {
        return open(model, kernels -> BaseWeights.once(model, kernels), config, data, threads, ranks);
    }

    /** The same over weights that are kept, for adapters; they are not freed with this. */
    public static DreamBoothTrainer open(
            BaseWeights base, TrainingConfig config, TrainingData data, int threads, Ranks ranks) {
        return open(base.folder(), _ -> base, config, data, threads, ranks);
    }

    private static DreamBoothTrainer open(
            Path model,
            Function<Kernels, BaseWeights> base,
            TrainingConfig config,
            TrainingData data,
            int threads,
            Ranks ranks) {
        ClipTokenizer tokenizer = StableDiffusion.tokenizer(model);
        Kernels kernels = Kernels.open(threads);
        try {
            return new DreamBoothTrainer(kernels, base.apply(kernels), tokenizer, config, data, threads, ranks);
        } catch (RuntimeException e) {
            tokenizer.close();
            kernels.close();
            throw e;
        }
    }

    /** Goes on from a state that {@link #saveState} wrote with the same model and configuration. */
    public void restore(Path state) {
        long step = SavedState.restore(state, networks.state(), kernels);
        networks = networks(step);
        loop = loop(step);
    }

    /** Optimizer steps done. */
    public long step() {
        return loop.stepsDone();
    }

    /** What beside model, configuration and data decides the bits: processor or CUDA device, threads, engine, precision, ranks. */
    public String environment() {
        String one =
                Fingerprint.of(kernels, threads, Engine.getEngine("PyTorch").getVersion(), compute.precision());
        return ranks.isAlone() ? one : one + " ranks=" + ranks.count();
    }

    private Optional<String> tooLong(String what, String prompt) {
        int tokens = tokenizer.untruncatedLength(prompt);
        return tokens <= tokenizer.maxLength()
                ? Optional.empty()
                : Optional.of("the " + what + " is cut: it has " + tokens + " tokens, and the text encoder reads "
                        + tokenizer.maxLength());
    }

    /** What who asked for the run should know of how it is computed. */
    public Optional<String> warning() {
        return warning;
    }

    /** Does the next step; throws {@link NonFiniteLoss} and leaves the weights where the step does not work out. */
    public StepResult trainStep() {
        return trainStep((_, _) -> {});
    }

    /** The same; {@code progress} hears of each of its micro-batches. */
    public StepResult trainStep(ProgressListener progress) {
        return loop.next(progress);
    }

    /** What the last step exchanged with the other ranks. */
    public Exchange lastExchange() {
        return others.map(RankedGradients::lastExchange).orElse(Exchange.NONE);
    }

    /**
     * Writes weights, moments, averages and step to a safetensors file; returns the digest of the trained weights, which
     * are not the averages.
     */
    public String saveState(Path file) {
        SavedState.write(networks.state(), step(), file);
        return WeightsDigest.of(networks.weights());
    }

    /** Digest of the trained weights as they are now, the same at every rank. */
    public String weightsDigest() {
        return WeightsDigest.of(networks.weights());
    }

    /**
     * Writes a diffusers folder in which the trained parts are new, fp32: the averages where the run keeps them. Adapters
     * are merged into it, and lie in {@link #LORA} as well. Returns the digest of what learned.
     */
    public String saveCheckpoint(Path folder) {
        SortedMap<String, NDArray> weights = ema.map(Ema::averages).orElseGet(networks::weights);
        Runnable write = () -> writeCheckpoint(folder);
        ema.ifPresentOrElse(averages -> averages.inPlaceOfWeights(write), write);
        return WeightsDigest.of(weights);
    }

    private void writeCheckpoint(Path folder) {
        List<Weights> learned = new ArrayList<>(List.of(unet.weights()));
        textEncoder.ifPresent(encoder -> learned.add(encoder.weights()));
        Map<String, CheckpointFolder.PartWriter> trained = new TreeMap<>();
        learned.forEach(part -> trained.put(part.part(), file -> write(part, file)));
        CheckpointFolder.write(base.folder(), folder, trained);
        config.refinements().lora().ifPresent(lora -> LoraFiles.write(learned, lora, folder.resolve(LORA)));
    }

    /**
     * One weight after the other: where the trainer holds what adapters are merged into in another form than fp32, it is
     * read again, and memory need not hold all of it.
     */
    private void write(Weights part, Path file) {
        boolean exact =
                part.arithmetic().asLoaded() || config.refinements().lora().isEmpty();
        SortedMap<String, NDArray> own = LoraLayers.own(part);
        Optional<StoredWeights> stored = exact ? Optional.empty() : Optional.of(base.stored(part.part()));
        SortedMap<String, Shape> shapes = new TreeMap<>();
        own.forEach((name, weight) -> shapes.put(name, weight.getShape()));
        Safetensors.write(
                shapes,
                (name, scratch) -> {
                    NDArray weight = stored.map(files -> files.read(name, scratch))
                            .orElseGet(() -> Objects.requireNonNull(own.get(name), name));
                    return LoraLayers.merged(name, weight, part, scratch);
                },
                kernels.manager(),
                Map.of("format", "pt"),
                file);
    }

    /** A part's weights, or adapters beside those of the base model. */
    private Weights learning(String part) {
        Optional<LoraSettings> lora = config.refinements().lora();
        if (lora.isPresent()) {
            return LoraLayers.fresh(base.part(part, compute.arithmetic()), lora.get(), config.seed(), kernels);
        }
        Weights own = base.stored(part).load(kernels);
        own.learn();
        return own.computing(compute.arithmetic(), kernels);
    }

    /** Draws with the weights as they are now, or their averages where the run keeps them: picture i to {@code <i>.png} in {@code folder}. */
    public void draw(Drawing drawing, Path folder, ProgressListener listener) {
        try {
            CLIPTextModel encoder = textEncoder.orElseGet(() -> base.textEncoder(kernels));
            ModelEasel easel = new ModelEasel(kernels, tokenizer::ids, encoder, unet, base.vae(kernels));
            Runnable draw =
                    () -> easel.whileDrawing(lent -> new Painter(lent, scheduler).draw(drawing, folder, listener));
            ema.ifPresentOrElse(averages -> averages.inPlaceOfWeights(draw), draw);
        } finally { // what training itself does not need
            if (encoder.isEmpty()) {
                base.done(AutoencoderKL.PART);
            }
            if (textEncoder.isEmpty()) {
                base.done(CLIPTextModel.PART);
            }
        }
    }

    private Optimizer optimizer(Weights part, double learningRate) {
        return Optimizer.of(
                compute.optimizer(),
                kernels,
                part,
                new Optimizer.Hyperparameters(
                        new LearningRate(learningRate, config.refinements().schedule(), config.maxSteps()),
                        config.beta1(),
                        config.beta2(),
                        config.eps(),
                        config.weightDecay()));
    }

    private LearningNetworks networks(long stepsDone) {
        return new LearningNetworks(
                kernels,
                unet,
                text,
                optimizers,
                samples.height(),
                samples.width(),
                config.maxGradNorm(),
                ema,
                compute.activationCheckpointing() ? Tape::checkpointing : Tape::learning,
                config.refinements().accumulation(),
                others,
                stepsDone);
    }

    private TrainingLoop loop(long stepsDone) {
        BatchPlan plan = new BatchPlan(
                new Draws(config.seed()),
                samples.instances().size(),
                config.withPrior() ? samples.classes().size() : 0,
                config.microBatch(),
                config.refinements().accumulation() * ranks.count(),
                new NoiseOffset(config.refinements().noiseOffset(), samples.height() * samples.width()));
        OptionalDouble priorWeight =
                config.withPrior() ? OptionalDouble.of(config.priorWeight()) : OptionalDouble.empty();
        Objective objective = new Objective(
                NoiseSchedule.of(scheduler),
                scheduler.prediction(),
                priorWeight,
                config.refinements().snrGamma());
        DreamBoothStep step = new DreamBoothStep(networks, objective, latentScale);
        return new TrainingLoop(plan, step, samples.instances(), samples.classes(), ranks, stepsDone);
    }

    @Override
    public void close() {
        tokenizer.close();
        kernels.close(); // gradients before the memory they lie in
        others.ifPresent(RankedGradients::close);
    }
}
