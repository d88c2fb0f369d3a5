package org.dreamboothactors.deploy.run;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.dreamboothactors.deploy.UsageException;
import org.dreamboothactors.deploy.settings.FlatYaml;
import org.dreamboothactors.protocol.v1.Compute;
import org.dreamboothactors.protocol.v1.PriorPreservation;
import org.dreamboothactors.protocol.v1.Priority;
import org.dreamboothactors.protocol.v1.RunSpec;
import org.dreamboothactors.protocol.v1.Sampling;
import org.dreamboothactors.protocol.v1.Training;

/** A run described by YAML with the keys of NeMo's DreamBooth and by dotted overrides. */
public final class RunYaml {
    /** NeMo's and diffusers' default. */
    private static final double EMA_DECAY = 0.9999;

    private static final String TWO_NUMBERS = "two numbers above 0 and below 1";
    private static final double NORM_OF_NO_GRADIENT = 1e6;

    private static final String CACHED_LATENTS = "model.use_cached_latents";
    private static final String FLASH_ATTENTION = "model.unet_config.use_flash_attention";
    private static final Pattern NAME = Pattern.compile("[^\\s,\\[\\]]+");
    private static final Pattern ZERO = Pattern.compile("0+(\\.0*)?");

    private final Map<String, String> values;
    private final String source;

    private RunYaml(Map<String, String> values, String source) {
        this.values = values;
        this.source = source;
    }

    /** Later files and overrides ({@code key=value}, a leading ++ or + is allowed) win. */
    public static RunDescription read(List<Path> files, List<String> overrides) {
        Map<String, String> merged = new LinkedHashMap<>();
        files.forEach(file -> merged.putAll(FlatYaml.read(file)));
        for (String override : overrides) {
            int equals = override.indexOf('=');
            if (equals < 1) {
                throw new UsageException("Cannot read override " + override + ": no =, expected key=value");
            }
            String key = override.substring(0, equals);
            merged.put(key.replaceFirst("^\\++", ""), override.substring(equals + 1));
        }
        List<String> names = new ArrayList<>();
        files.forEach(file -> names.add(file.toString()));
        String source = names.isEmpty() ? "the command line" : String.join(", ", names);
        Keys.check(merged, source);
        return new RunYaml(merged, source).description();
    }

    private RunDescription description() {
        refuseValues();
        RunSpec.Builder spec = RunSpec.newBuilder();
        text("model.data.instance_prompt").ifPresent(spec::setInstancePrompt);
        text("model.data.regularization_prompt").ifPresent(spec::setClassPrompt);
        text("base_model").ifPresent(spec::setBaseModel);
        text("priority").map(this::priority).ifPresent(spec::setPriority);
        spec.setSeed(whole("seed", 0, Long.MAX_VALUE));
        spec.setResolution((int) whole("model.data.resolution", 1, 4096));
        spec.setCenterCrop(flag("model.data.center_crop"));
        spec.setEncodeOnline(text(CACHED_LATENTS).isPresent() && !flag(CACHED_LATENTS));
        training(spec.getTrainingBuilder());
        Optional<Path> baseModel = Optional.empty();
        if (flag("model.with_prior_preservation")) {
            spec.setPrior(PriorPreservation.newBuilder()
                    .setLossWeight(positive("model.prior_loss_weight"))
                    .setNumClassImages((int) whole("model.data.num_reg_images", 1, 100_000)));
            baseModel = text("model.restore_from_path").map(Path::of);
        }
        List<String> prompts = lines("validation.prompts");
        long pictureSeed = whole("infer.seed", 0, Long.MAX_VALUE);
        if (!prompts.isEmpty()) {
            spec.getValidationBuilder().addAllPrompts(prompts).setSeed(pictureSeed);
        }
        if (!text("validation.every_steps").orElse("0").equals("0")) {
            spec.getValidationBuilder().setEverySteps((int) whole("validation.every_steps", 0, Integer.MAX_VALUE));
        }
        if (!text("validation.stop_after").orElse("0").equals("0")) {
            spec.getValidationBuilder().setStopAfter((int) whole("validation.stop_after", 0, Integer.MAX_VALUE));
        }
        return new RunDescription(
                text("model.data.instance_dir").map(Path::of),
                spec.build(),
                baseModel,
                spec.hasPrior() ? text("model.data.regularization_dir").map(Path::of) : Optional.empty(),
                cached(),
                sampling(),
                pictureSeed);
    }

    private void training(Training.Builder training) {
        training.setMaxSteps((int) whole("trainer.max_steps", 1, Integer.MAX_VALUE));
        training.setLearningRate(positive("model.optim.lr"));
        training.setTextEncoderLearningRate(positive("model.optim.text_encoder_lr"));
        training.setTrainTextEncoder(flag("model.train_text_encoder"));
        training.setMicroBatchSize((int) whole("model.micro_batch_size", 1, 1024));
        // 0 means the default on the wire and none here
        boolean noDecay =
                text("model.optim.weight_decay").filter(ZERO.asMatchPredicate()).isPresent();
        training.setAdamWeightDecay(noDecay ? -1 : positive("model.optim.weight_decay"));
        // as Lightning has it: 0 means no clipping
        boolean noClipping = text("trainer.gradient_clip_val")
                .filter(ZERO.asMatchPredicate())
                .isPresent();
        training.setMaxGradNorm(noClipping ? NORM_OF_NO_GRADIENT : positive("trainer.gradient_clip_val"));
        betas(training);
        training.setAdamEpsilon(positive("model.optim.eps"));
        int devices = (int) whole("trainer.devices", 1, 64);
        if (devices > 1) {
            training.setRanks(devices);
        }
        training.setAccumulation((int) whole("trainer.accumulate_grad_batches", 1, 1024));
        training.setSnrGamma(positive("model.snr_gamma"));
        training.setNoiseOffset(positive("model.noise_offset"));
        if (flag("exp_manager.ema.enable")) {
            double decay = positive("exp_manager.ema.decay");
            training.setEmaDecay(decay == 0 ? EMA_DECAY : decay);
        }
        training.setActivationCheckpointing(flag("model.unet_config.use_checkpoint"));
        compute(training);
        lora(training);
        schedule(training);
        training.setCheckpointEvery((int) whole("checkpoint_every", 0, Integer.MAX_VALUE));
    }

    private void betas(Training.Builder training) {
        String key = "model.optim.betas";
        List<String> given = names(key);
        if (given.isEmpty()) {
            return;
        }
        try {
            List<Double> betas = given.stream().map(Double::valueOf).toList();
            if (betas.size() == 2 && betas.stream().allMatch(beta -> beta > 0 && beta < 1)) {
                training.setAdamBeta1(betas.getFirst()).setAdamBeta2(betas.getLast());
                return;
            }
        } catch (NumberFormatException e) {
            throw new UsageException(unusable(key, String.join(", ", given), TWO_NUMBERS), e);
        }
        throw new UsageException(unusable(key, String.join(", ", given), TWO_NUMBERS));
    }

    private void compute(Training.Builder training) {
        Compute compute = Compute.newBuilder()
                .setPrecision(precision())
                .setOptimizer(optimizer())
                .setChannelsLast(flag("model.channels_last"))
                .setExplicitAttention(text(FLASH_ATTENTION).isPresent() && !flag(FLASH_ATTENTION))
                .setWholeGraph(flag("model.inductor"))
                .build();
        if (!compute.equals(Compute.getDefaultInstance())) {
            training.setCompute(compute);
        }
    }

    private Priority priority(String value) {
        return Priorities.named(value)
                .orElseThrow(() -> new UsageException(unusable("priority", value, "low, normal or high")));
    }

    /** NeMo's names, and those of Lightning for the same. */
    private String precision() {
        String value = text("trainer.precision").orElse("").toLowerCase(Locale.ROOT);
        return switch (value) {
            case "", "auto", "bf16" -> value;
            case "32", "32-true" -> "32";
            case "bf16-mixed" -> "bf16";
            default -> throw new UsageException(unusable("trainer.precision", value, "32, bf16 or auto"));
        };
    }

    private String optimizer() {
        String value = text("model.optim.name").orElse("").toLowerCase(Locale.ROOT);
        return switch (value) {
            case "" -> "";
            case "adamw", "fused_adam" -> "adamw";
            case "adamw_8bit", "adamw8bit" -> "adamw_8bit";
            default -> throw new UsageException(unusable("model.optim.name", value, "adamw, fused_adam or adamw_8bit"));
        };
    }

    private void lora(Training.Builder training) {
        String scheme = text("model.peft.peft_scheme").orElse("none").toLowerCase(Locale.ROOT);
        switch (scheme) {
            case "none", "null" -> {}
            case "sdlora", "lora" ->
                training.getLoraBuilder()
                        .setRank((int) whole("model.peft.lora_tuning.adapter_dim", 1, 1024))
                        .setAlpha(positive("model.peft.lora_tuning.network_alpha"))
                        .addAllTargets(names("model.peft.lora_tuning.target_modules"));
            default -> throw new UsageException(unusable("model.peft.peft_scheme", scheme, "sdlora or none"));
        }
    }

    private void schedule(Training.Builder training) {
        training.setLrSchedule(text("model.optim.sched.name").orElse(""));
        training.setLrWarmupSteps((int) whole("model.optim.sched.warmup_steps", 0, Integer.MAX_VALUE));
        training.setLrPower(positive("model.optim.sched.power"));
        long hold = whole("model.optim.sched.hold_steps", 0, Long.MAX_VALUE);
        if (hold != 0 && hold < training.getMaxSteps()) {
            throw new UsageException(unusable(
                    "model.optim.sched.hold_steps",
                    Long.toString(hold),
                    "at least trainer.max_steps. A rate that falls after the hold is not supported"));
        }
    }

    /** A list of the file, or {@code [a, b]} of an override. */
    private List<String> names(String key) {
        return NAME.matcher(text(key).orElse(""))
                .results()
                .map(MatchResult::group)
                .toList();
    }

    private List<String> lines(String key) {
        return text(key).map(lines -> lines.lines().toList()).orElse(List.of());
    }

    /** NeMo's own files say 0. */
    private double eta() {
        return text("infer.eta").filter(ZERO.asMatchPredicate()).isPresent() ? 0 : positive("infer.eta");
    }

    private Sampling sampling() {
        return Sampling.newBuilder()
                .setSampler(text("infer.sampler_type").orElse("").toLowerCase(Locale.ROOT))
                .setInferenceSteps((int) whole("infer.inference_steps", 1, 1000))
                .setGuidanceScale(positive("infer.unconditional_guidance_scale"))
                .setEta(eta())
                .setWidth((int) whole("infer.width", 64, 2048))
                .setHeight((int) whole("infer.height", 64, 2048))
                .setBatchSize((int) whole("model.data.num_images_per_prompt", 1, 64))
                .build();
    }

    /** Folders are named to be used, and used only when the run says so. */
    private Optional<CachedFolders> cached() {
        CachedFolders folders = new CachedFolders(
                text("model.data.cached_instance_dir").map(Path::of),
                text("model.data.cached_reg_dir").map(Path::of));
        return flag(CACHED_LATENTS) ? Optional.of(folders) : Optional.empty();
    }

    /** Known keys whose value asks for something this version does not do. */
    private void refuseValues() {
        // It changes nothing here, but a value that makes no sense is a mistake all the same.
        whole("model.data.num_workers", 0, 1024);
    }

    private Optional<String> text(String key) {
        return Optional.ofNullable(values.get(key)).map(String::strip).filter(value -> !value.isEmpty());
    }

    private boolean flag(String key) {
        String value = text(key).orElse("false").toLowerCase(Locale.ROOT);
        return switch (value) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new UsageException(unusable(key, value, "True or False"));
        };
    }

    /** Zero when the key is not given. */
    private long whole(String key, long least, long most) {
        Optional<String> value = text(key);
        if (value.isEmpty()) {
            return 0;
        }
        try {
            long number = Long.parseLong(value.get());
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw new UsageException(unusable(key, value.get(), "a whole number"), e);
        }
        throw new UsageException(unusable(key, value.get(), "a whole number from " + least + " to " + most));
    }

    /** Zero when the key is not given; a zero that is given would silently become the service's default. */
    private double positive(String key) {
        Optional<String> value = text(key);
        if (value.isEmpty()) {
            return 0;
        }
        try {
            double number = Double.parseDouble(value.get());
            if (Double.isFinite(number) && number > 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw new UsageException(unusable(key, value.get(), "a number"), e);
        }
        throw new UsageException(unusable(key, value.get(), "a number above 0"));
    }

    private String unusable(String key, String value, String expected) {
        return "Cannot read the run from " + source + ": " + key + " is " + value + ", expected " + expected;
    }
}
