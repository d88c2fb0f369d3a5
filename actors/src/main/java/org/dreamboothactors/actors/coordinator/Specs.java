package org.dreamboothactors.actors.coordinator;

import java.io.UncheckedIOException;
import java.util.Optional;
import org.dreamboothactors.actors.work.BaseModels.BaseModel;
import org.dreamboothactors.protocol.v1.PriorPreservation;
import org.dreamboothactors.protocol.v1.Priority;
import org.dreamboothactors.protocol.v1.RunSpec;
import org.dreamboothactors.protocol.v1.Sampling;
import org.dreamboothactors.protocol.v1.Training;
import org.dreamboothactors.protocol.v1.Validation;

/**
 * Fills in what a run description leaves open, and checks the rest.
 *
 * <p>The defaults are those of NeMo's DreamBooth and of diffusers' script.
 */
record Specs(Models models, String defaultBaseModel) {
    private static final double LEARNING_RATE = 5e-6;
    private static final double ADAM_BETA1 = 0.9;
    private static final double ADAM_BETA2 = 0.999;
    private static final double ADAM_EPSILON = 1e-8;
    private static final double ADAM_WEIGHT_DECAY = 1e-2;
    private static final double MAX_GRAD_NORM = 1.0;
    private static final double PRIOR_LOSS_WEIGHT = 0.5;
    private static final int CLASS_IMAGES = 100;
    private static final String CLASS_IMAGE_SAMPLER = "plms";
    private static final String SAMPLER = "ddim";
    private static final String SAMPLER_WITHOUT_CLIPPING = "dpmpp_2m"; // with which diffusers' trainer draws
    private static final int INFERENCE_STEPS = 50;
    private static final double GUIDANCE_SCALE = 7.5;

    private static final int MOST_STEPS = 100_000;
    private static final int LARGEST_BATCH = 64;
    /** Their latents are named in one train-step record, which Kafka takes up to 1 MiB of. */
    static final int MOST_CLASS_IMAGES = 3_000;

    private static final int MOST_VALIDATION_PROMPTS = 16;
    private static final double LORA_LEARNING_RATE = 1e-4; // diffusers' train_dreambooth_lora.py
    private static final int MOST_RANKS = 64;
    private static final int LORA_RANK = 4;
    private static final int LARGEST_LORA_RANK = 1024;
    private static final double LARGEST_EMA_DECAY = 0.999_999;
    private static final double LARGEST_NUMBER = 1e6; // of weights and norms; more is a slip of the pen

    Resolution resolve(RunSpec wanted) {
        BaseModel model;
        try {
            model = models.model(wanted.getBaseModel().isEmpty() ? defaultBaseModel : wanted.getBaseModel());
        } catch (IllegalArgumentException | UncheckedIOException e) {
            return new Resolution.Refused(String.valueOf(e.getMessage()));
        }
        SchedulerCheck scheduler = SchedulerCheck.of(model.folder());
        RunSpec.Builder spec = wanted.toBuilder()
                .setBaseModel(model.name())
                .setResolution(orElse(wanted.getResolution(), model.defaultSize()))
                // Of the same square the encoder says the same each time.
                .setEncodeOnline(wanted.getEncodeOnline() && !wanted.getCenterCrop())
                .setTraining(training(wanted.getTraining()));
        if (wanted.getPriority() == Priority.PRIORITY_UNSPECIFIED) {
            spec.setPriority(Priority.NORMAL);
        }
        if (wanted.hasPrior()) {
            spec.setPrior(prior(wanted.getPrior(), spec.getResolution(), scheduler));
        }
        if (wanted.hasValidation()) {
            spec.setValidation(validation(wanted.getValidation(), spec.getResolution(), scheduler));
        }
        RunSpec resolved = spec.build();
        return complaint(resolved)
                .or(() -> scheduler.complaint(resolved))
                .<Resolution>map(Resolution.Refused::new)
                .orElseGet(() -> new Resolution.Resolved(resolved, model.digest()));
    }

    /** How to draw with checkpoints of a run where nothing else is said: as the run itself does on the way. */
    Sampling sampling(Sampling wanted, RunSpec run) {
        String sampler = scheduler(run.getBaseModel())
                .map(scheduler -> sampler(wanted, run.getResolution(), scheduler))
                .orElse(SAMPLER);
        return sampling(wanted, run.getResolution(), sampler);
    }

    /** Empty for a model that is here no more: whoever draws with it says so. */
    private Optional<SchedulerCheck> scheduler(String baseModel) {
        try {
            return Optional.of(SchedulerCheck.of(models.model(baseModel).folder()));
        } catch (IllegalArgumentException | UncheckedIOException e) {
            return Optional.empty();
        }
    }

    private static Sampling sampling(Sampling wanted, int resolution, String sampler) {
        return wanted.toBuilder()
                .setSampler(wanted.getSampler().isEmpty() ? sampler : wanted.getSampler())
                .setInferenceSteps(orElse(wanted.getInferenceSteps(), INFERENCE_STEPS))
                .setGuidanceScale(orElse(wanted.getGuidanceScale(), GUIDANCE_SCALE))
                .setWidth(orElse(wanted.getWidth(), resolution))
                .setHeight(orElse(wanted.getHeight(), resolution))
                .build();
    }

    private static Training training(Training wanted) {
        double learningRate = orElse(wanted.getLearningRate(), wanted.hasLora() ? LORA_LEARNING_RATE : LEARNING_RATE);
        Training.Builder training = wanted.toBuilder();
        if (wanted.hasLora()) {
            int rank = orElse(wanted.getLora().getRank(), LORA_RANK);
            training.getLoraBuilder()
                    .setRank(rank)
                    .setAlpha(orElse(wanted.getLora().getAlpha(), rank));
        }
        return training.setLearningRate(learningRate)
                .setTextEncoderLearningRate(orElse(wanted.getTextEncoderLearningRate(), learningRate))
                .setMicroBatchSize(orElse(wanted.getMicroBatchSize(), 1))
                .setAdamBeta1(orElse(wanted.getAdamBeta1(), ADAM_BETA1))
                .setAdamBeta2(orElse(wanted.getAdamBeta2(), ADAM_BETA2))
                .setAdamEpsilon(orElse(wanted.getAdamEpsilon(), ADAM_EPSILON))
                .setAdamWeightDecay(Math.max(0, orElse(wanted.getAdamWeightDecay(), ADAM_WEIGHT_DECAY)))
                .setMaxGradNorm(orElse(wanted.getMaxGradNorm(), MAX_GRAD_NORM))
                .build();
    }

    /** Class images by NeMo's sampler, but where it cannot draw them: with fresh noise, or without terminal signal. */
    private static PriorPreservation prior(PriorPreservation wanted, int resolution, SchedulerCheck scheduler) {
        Sampling usual = sampling(wanted.getSampling(), resolution, CLASS_IMAGE_SAMPLER);
        String other = sampler(wanted.getSampling(), resolution, scheduler);
        boolean can = usual.getEta() == 0 && scheduler.allows(usual);
        return wanted.toBuilder()
                .setLossWeight(orElse(wanted.getLossWeight(), PRIOR_LOSS_WEIGHT))
                .setNumClassImages(orElse(wanted.getNumClassImages(), CLASS_IMAGES))
                .setSampling(can ? usual : sampling(wanted.getSampling(), resolution, other))
                .build();
    }

    private static Validation validation(Validation wanted, int resolution, SchedulerCheck scheduler) {
        String sampler = sampler(wanted.getSampling(), resolution, scheduler);
        return wanted.toBuilder()
                .setSampling(sampling(wanted.getSampling(), resolution, sampler))
                .build();
    }

    /** Where nothing is named: another than usual where that would clip latents. It alone takes fresh noise. */
    private static String sampler(Sampling wanted, int resolution, SchedulerCheck scheduler) {
        boolean clips = wanted.getEta() == 0 && scheduler.clipsUnasked();
        return clips && scheduler.allows(sampling(wanted, resolution, SAMPLER_WITHOUT_CLIPPING))
                ? SAMPLER_WITHOUT_CLIPPING
                : SAMPLER;
    }

    private static Optional<String> complaint(RunSpec spec) {
        Complaints complaints = new Complaints();
        complaints.prompt("instance_prompt", spec.getInstancePrompt());
        complaints.side("resolution", spec.getResolution());
        complaints.priority(spec);
        Training training = spec.getTraining();
        complaints.range("max_steps", training.getMaxSteps(), 1, MOST_STEPS);
        complaints.positive("learning_rate", training.getLearningRate(), 1);
        complaints.positive("text_encoder_learning_rate", training.getTextEncoderLearningRate(), 1);
        complaints.range("micro_batch_size", training.getMicroBatchSize(), 1, LARGEST_BATCH);
        complaints.fraction("adam_beta1", training.getAdamBeta1());
        complaints.fraction("adam_beta2", training.getAdamBeta2());
        complaints.positive("adam_epsilon", training.getAdamEpsilon(), 1);
        if (!(training.getAdamWeightDecay() <= 1)) {
            complaints.add("adam_weight_decay is " + training.getAdamWeightDecay() + ", expected at most 1");
        }
        complaints.positive("max_grad_norm", training.getMaxGradNorm(), LARGEST_NUMBER);
        complaints.range("accumulation", training.getAccumulation(), 0, LARGEST_BATCH);
        complaints.between("snr_gamma", training.getSnrGamma(), 0, LARGEST_NUMBER);
        complaints.between("noise_offset", training.getNoiseOffset(), 0, 1);
        complaints.between("ema_decay", training.getEmaDecay(), 0, LARGEST_EMA_DECAY);
        complaints.schedule(training);
        if (training.hasLora()) {
            complaints.range("lora.rank", training.getLora().getRank(), 1, LARGEST_LORA_RANK);
            complaints.positive("lora.alpha", training.getLora().getAlpha(), LARGEST_NUMBER);
            complaints.layers("lora.targets", training.getLora().getTargetsList());
        }
        complaints.range("ranks", training.getRanks(), 0, MOST_RANKS);
        complaints.compute(training);
        complaints.range("checkpoint_every", training.getCheckpointEvery(), 0, MOST_STEPS);
        if (spec.hasPrior()) {
            complaints.prompt("class_prompt", spec.getClassPrompt());
            complaints.positive("loss_weight", spec.getPrior().getLossWeight(), LARGEST_NUMBER);
            complaints.range("num_class_images", spec.getPrior().getNumClassImages(), 0, MOST_CLASS_IMAGES);
            complaints.sampling("prior.sampling", spec.getPrior().getSampling());
        }
        if (spec.hasValidation()) {
            complaints.prompts("validation prompts", spec.getValidation().getPromptsList(), MOST_VALIDATION_PROMPTS);
            complaints.range("every_steps", spec.getValidation().getEverySteps(), 0, MOST_STEPS);
            complaints.range("stop_after", spec.getValidation().getStopAfter(), 0, MOST_STEPS);
            if (spec.getValidation().getStopAfter() > 0 && training.getCheckpointEvery() == 0) {
                complaints.add("stop_after is " + spec.getValidation().getStopAfter()
                        + " with checkpoint_every 0, expected checkpoints on the way: the best would not be kept");
            }
            complaints.sampling("validation.sampling", spec.getValidation().getSampling());
        }
        return complaints.sentence();
    }

    private static int orElse(int value, int ifZero) {
        return value == 0 ? ifZero : value;
    }

    private static double orElse(double value, double ifZero) {
        return value == 0 ? ifZero : value;
    }
}
