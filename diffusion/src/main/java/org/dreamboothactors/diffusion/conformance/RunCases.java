package org.dreamboothactors.diffusion.conformance;

import ai.djl.ndarray.NDArray;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SortedMap;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.dreamboothactors.diffusion.Compute;
import org.dreamboothactors.diffusion.ComputePrecision;
import org.dreamboothactors.diffusion.StepResult;
import org.dreamboothactors.diffusion.kernels.Kernels;
import org.dreamboothactors.diffusion.kernels.Tape;
import org.dreamboothactors.diffusion.models.AutoencoderKL;
import org.dreamboothactors.diffusion.models.CLIPTextModel;
import org.dreamboothactors.diffusion.models.UNet2DConditionModel;
import org.dreamboothactors.diffusion.models.UNetConfig;
import org.dreamboothactors.diffusion.sampling.Denoising;
import org.dreamboothactors.diffusion.sampling.ModelEasel;
import org.dreamboothactors.diffusion.sampling.NoisePredictor;
import org.dreamboothactors.diffusion.schedulers.NoiseSchedule;
import org.dreamboothactors.diffusion.schedulers.Prediction;
import org.dreamboothactors.diffusion.schedulers.Sampler;
import org.dreamboothactors.diffusion.schedulers.SamplerKind;
import org.dreamboothactors.diffusion.schedulers.SchedulerSettings;
import org.dreamboothactors.diffusion.training.DreamBoothStep;
import org.dreamboothactors.diffusion.training.LearningNetworks;
import org.dreamboothactors.diffusion.training.LearningRate;
import org.dreamboothactors.diffusion.training.Objective;
import org.dreamboothactors.diffusion.training.Optimizer;
import org.dreamboothactors.diffusion.training.RankedGradients;
import org.dreamboothactors.diffusion.training.Ranks;
import org.dreamboothactors.diffusion.training.StepInputs;
import org.dreamboothactors.diffusion.training.TextCondition;
import org.dreamboothactors.diffusion.training.WeightsDigest;
import org.dreamboothactors.diffusion.weights.Weights;

/** Cases of several models together: some training steps, a whole drawing. */
final class RunCases {
    private RunCases() {}

    static void training(CaseFolder reference, Compute compute, Comparison compare) {
        var _ = training(reference, compute, Ranks.alone(), compare);
    }

    /** As one of several ranks, with its share of the case; returns the digest of what was trained. */
    static String training(CaseFolder reference, Compute compute, Ranks ranks, Comparison compare) {
        JsonNode settings = reference.settings();
        try (Kernels kernels = ModelCases.kernels()) {
            LearningNetworks networks = networks(reference, settings, compute, ranks, kernels);
            Objective objective = new Objective(
                    NoiseSchedule.of(new SchedulerSettings(settings.path("schedule"))),
                    Prediction.valueOf(
                            settings.path("prediction_type").asText("epsilon").toUpperCase(Locale.ROOT)),
                    number(settings.path("prior_loss_weight")),
                    number(settings.path("snr_gamma")));
            DreamBoothStep step = new DreamBoothStep(
                    networks, objective, settings.path("latent_scaling_factor").asDouble());
            for (int k = 0; k < settings.path("steps").asInt(); k++) {
                StepResult result = step.run(
                        k + 1,
                        inputs(reference, k, settings.path("accumulation").asInt(1)),
                        List.of(reference.path().toString()),
                        (_, _) -> {});
                if (compute.precision() == ComputePrecision.BF16) {
                    compare.roughly(
                            "loss " + k,
                            result.loss(),
                            reference.tensor("out.losses").values()[k]);
                    continue;
                }
                compare.ofStep(
                        "loss " + k,
                        result.loss(),
                        reference.tensor("out.losses").values()[k]);
                compare.ofStep(
                        "grad norm " + k,
                        result.gradNorm(),
                        reference.tensor("out.grad_norms").values()[k]);
            }
            SortedMap<String, NDArray> weights = networks.weights();
            String digest = WeightsDigest.of(weights);
            if (compute.precision() == ComputePrecision.BF16) {
                return digest;
            }
            RoundedGradients rounding = RoundedGradients.of(UNetConfig.read(reference.folder("unet")), side(reference));
            reference.tensors().forEach((name, theirs) -> {
                String parameter = name.startsWith("out.") ? name.substring("out.".length()) : "";
                if (parameter.startsWith(UNet2DConditionModel.PART + ".")
                        || parameter.startsWith(CLIPTextModel.PART + ".")) {
                    NDArray ours = weights.get(named(parameter));
                    if (ours == null) {
                        throw new IllegalArgumentException("no parameter " + parameter + " was trained");
                    }
                    if (rounding.decides(parameter, ours.getShape())) {
                        compare.noise(parameter, ours.toFloatArray(), theirs);
                    } else {
                        compare.trained(parameter, ours.toFloatArray(), theirs);
                    }
                }
            });
            return digest;
        }
    }

    private static long side(CaseFolder reference) {
        List<Long> latent = latentShape(reference);
        return Math.max(latent.get(2), latent.get(3));
    }

    /** (B, C, H, W) */
    private static List<Long> latentShape(CaseFolder reference) {
        return reference.tensor("in.000.0.noise").shape();
    }

    /** transformers 5 has no root in the names of a text encoder. */
    private static String named(String parameter) {
        String text = CLIPTextModel.PART + ".";
        return parameter.startsWith(text)
                ? text + CLIPTextModel.renamed(parameter.substring(text.length()))
                : parameter;
    }

    private static LearningNetworks networks(
            CaseFolder reference, JsonNode settings, Compute compute, Ranks ranks, Kernels kernels) {
        Optimizer.Hyperparameters rates = new Optimizer.Hyperparameters(
                LearningRate.constant(settings.path("learning_rate").asDouble()),
                settings.path("betas").path(0).asDouble(),
                settings.path("betas").path(1).asDouble(),
                settings.path("epsilon").asDouble(),
                settings.path("weight_decay").asDouble());
        boolean learnsText = settings.path("train_text_encoder").asBoolean();
        UnaryOperator<Weights> learning = weights -> ModelCases.learning(weights, compute, kernels);
        UNet2DConditionModel unet = UNet2DConditionModel.load(reference.folder("unet"), kernels, learning);
        CLIPTextModel encoder = CLIPTextModel.load(
                reference.folder("text_encoder"), kernels, learnsText ? learning : UnaryOperator.identity());
        List<long[]> ids = ModelCases.rows(reference.tensor("in.input_ids"));
        List<Optimizer> optimizers = new ArrayList<>();
        optimizers.add(Optimizer.of(compute.optimizer(), kernels, unet.weights(), rates));
        if (learnsText) {
            optimizers.add(Optimizer.of(compute.optimizer(), kernels, encoder.weights(), rates));
        }
        List<Long> latent = latentShape(reference);
        return new LearningNetworks(
                kernels,
                unet,
                learnsText
                        ? TextCondition.learning(kernels, encoder, ids)
                        : TextCondition.frozen(kernels, encoder, ids),
                optimizers,
                Math.toIntExact(latent.get(2)),
                Math.toIntExact(latent.get(3)),
                settings.path("max_grad_norm").asDouble(),
                Optional.empty(),
                compute.activationCheckpointing() ? Tape::checkpointing : Tape::learning,
                settings.path("accumulation").asInt(1),
                RankedGradients.join(kernels, ranks, optimizers),
                0);
    }

    private static OptionalDouble number(JsonNode node) {
        return node.isNumber() ? OptionalDouble.of(node.asDouble()) : OptionalDouble.empty();
    }

    private static List<Supplier<StepInputs>> inputs(CaseFolder reference, int step, int accumulation) {
        return IntStream.range(0, accumulation)
                .<Supplier<StepInputs>>mapToObj(
                        part -> () -> microBatch(reference, String.format(Locale.ROOT, "in.%03d.%d.", step, part)))
                .toList();
    }

    private static StepInputs microBatch(CaseFolder reference, String tag) {
        return new StepInputs(
                reference.tensor(tag + "moments").floats(),
                reference.tensor(tag + "posterior_noise").floats(),
                reference.tensor(tag + "noise").floats(),
                reference.tensor(tag + "timesteps").ints());
    }

    static void pipeline(CaseFolder reference, Comparison compare) {
        JsonNode settings = reference.settings();
        try (Kernels kernels = ModelCases.kernels()) {
            ModelEasel easel = new ModelEasel(
                    kernels,
                    text -> {
                        throw new IllegalArgumentException("a pipeline case gives token ids, not " + text);
                    },
                    CLIPTextModel.load(reference.folder("text_encoder"), kernels),
                    UNet2DConditionModel.load(reference.folder("unet"), kernels),
                    AutoencoderKL.load(reference.folder("vae"), kernels));
            Tensor start = reference.tensor("in.latents"); // (1, C, H, W)
            int height = Math.toIntExact(start.shape().get(2));
            int width = Math.toIntExact(start.shape().get(3));
            NoisePredictor model = easel.predictor(
                    ModelCases.rows(reference.tensor("in.input_ids")),
                    reference.tensor("in.negative_input_ids").longs(),
                    width,
                    height);
            Sampler sampler = SamplerKind.of(settings.path("scheduler_kind").asText())
                    .start(
                            SchedulerSettings.read(reference.folder("scheduler").resolve("scheduler_config.json")),
                            settings.path("steps").asInt(),
                            0);
            float[] latents = Denoising.run(
                    sampler,
                    model,
                    start.floats(),
                    settings.path("guidance_scale").asDouble(),
                    step -> reference.tensor("in.noises").part(step),
                    done -> {});
            compare.output("latents", latents, reference.tensor("out.latents"));
            compare.output("image", easel.decodePlanes(latents, width, height), reference.tensor("out.image"));
        }
    }
}
