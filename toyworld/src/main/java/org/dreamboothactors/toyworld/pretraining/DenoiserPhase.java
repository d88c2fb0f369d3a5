package org.dreamboothactors.toyworld.pretraining;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import org.dreamboothactors.diffusion.kernels.Kernels;
import org.dreamboothactors.diffusion.models.AutoencoderKL;
import org.dreamboothactors.diffusion.models.CLIPTextModel;
import org.dreamboothactors.diffusion.models.UNet2DConditionModel;
import org.dreamboothactors.diffusion.sampling.ModelEasel;
import org.dreamboothactors.diffusion.schedulers.Draws;
import org.dreamboothactors.diffusion.schedulers.Draws.Purpose;
import org.dreamboothactors.diffusion.schedulers.NoiseSchedule;
import org.dreamboothactors.diffusion.schedulers.SchedulerSettings;
import org.dreamboothactors.diffusion.tokenizer.ClipTokenizer;
import org.dreamboothactors.diffusion.training.Objective;
import org.dreamboothactors.diffusion.training.Pretraining;
import org.dreamboothactors.diffusion.training.StepInputs;
import org.dreamboothactors.toyworld.Chance;

/**
 * The last phase: UNet and text encoder, from the latents of the pictures and their captions.
 *
 * <p>The text encoder begins as the judge's, which knows what words mean in pictures, as that of Stable Diffusion begins as
 * CLIP's (Rombach et al. 2022). From nothing, colours were still not learned after 112,000 pictures.
 */
final class DenoiserPhase {
    static final String NAME = "denoiser";
    private static final double MOST_NORM = 1;

    private final Recipe recipe;
    private final Workshop workshop;
    private final Journal journal;
    private final PicturePool pictures;
    private final Captions captions;

    DenoiserPhase(Recipe recipe, Workshop workshop, Journal journal, PicturePool pictures, Captions captions) {
        this.recipe = recipe;
        this.workshop = workshop;
        this.journal = journal;
        this.pictures = pictures;
        this.captions = captions;
    }

    /** Trains what is left to train and writes the averaged weights. */
    void run(Kernels kernels) {
        Path finished = workshop.file("denoiser.done");
        if (Files.exists(finished)) {
            return;
        }
        Recipe.Denoiser plan = recipe.denoiser();
        Path tokenizerFolder = workshop.model().resolve("tokenizer");
        SchedulerSettings scheduler = workshop.scheduler(recipe.models().path("scheduler"));
        AutoencoderKL vae = AutoencoderKL.load(workshop.model().resolve(AutoencoderKL.PART), kernels);
        LatentPool latents =
                LatentPool.of(workshop.file("latents.f32"), pictures, recipe.side(), vae, kernels, this::encoded);
        try (ClipTokenizer tokenizer = ClipTokenizer.open(tokenizerFolder)) {
            CLIPTextModel text =
                    CLIPTextModel.load(Workshop.copy(workshop.judge(), workshop.model(), CLIPTextModel.PART), kernels);
            UNet2DConditionModel unet = UNet2DConditionModel.load(
                    Workshop.fresh(
                            workshop.model(),
                            UNet2DConditionModel.PART,
                            recipe.models().path(UNet2DConditionModel.PART),
                            recipe.seed(),
                            kernels),
                    kernels);
            Pretraining training = new Pretraining(
                    kernels,
                    unet,
                    text,
                    new Objective(
                            NoiseSchedule.of(scheduler),
                            scheduler.prediction(),
                            OptionalDouble.empty(),
                            OptionalDouble.of(plan.snrGamma())),
                    VaePhase.settings(plan.rate(), plan.steps()),
                    MOST_NORM,
                    plan.ema());
            Path state = workshop.file("denoiser.state");
            if (Files.exists(state)) {
                training.restore(state);
            }
            journal.forgetAfter(NAME, training.steps());
            Sheet sheet = new Sheet(new ModelEasel(kernels, tokenizer::ids, text, unet, vae), scheduler, recipe);
            train(training, new Batches(latents, tokenizer, vae), sheet, state);
            for (String part : List.of(UNet2DConditionModel.PART, CLIPTextModel.PART)) {
                Workshop.write(workshop.model(), part, training.ema().averages());
            }
        }
        Workshop.mark(finished);
    }

    private void encoded(int done) {
        if (done % 2048 == 0 || done == pictures.count()) {
            journal.say("latents: " + done + " of " + pictures.count());
        }
    }

    private void train(Pretraining training, Batches batches, Sheet sheet, Path state) {
        Recipe.Denoiser plan = recipe.denoiser();
        Averages averages = new Averages();
        while (training.steps() < plan.steps()) {
            averages.add("loss", training.step(batches.batch(training.steps())));
            long done = training.steps();
            if (done % recipe.noteEvery() == 0 || done == plan.steps() || done == 1) {
                journal.say(String.format(Locale.ROOT, "denoiser %d of %d: %s", done, plan.steps(), averages.text()));
                averages.noteAndForget(journal, NAME, done);
            }
            if (done % recipe.saveEvery() == 0 || done == plan.steps()) {
                training.save(state);
            }
            if (done % plan.sheetEvery() == 0 || done == plan.steps()) {
                training.ema().inPlaceOfWeights(() -> sheet.draw(workshop.file("sheets/denoiser-" + done)));
            }
        }
    }

    /** What each step sees, by its number alone. */
    private final class Batches {
        private final LatentPool latents;
        private final ClipTokenizer tokenizer;
        private final int side;
        private final double scale;
        private final Draws draws = new Draws(recipe.seed());

        Batches(LatentPool latents, ClipTokenizer tokenizer, AutoencoderKL vae) {
            this.latents = latents;
            this.tokenizer = tokenizer;
            this.side = recipe.side() / vae.config().pixelsPerLatent();
            this.scale = vae.config().scalingFactor();
        }

        Pretraining.Batch batch(long step) {
            int size = recipe.denoiser().batch();
            int moments = latents.floats();
            int each = moments / 2;
            float[] said = new float[size * moments];
            int[] timesteps = new int[size];
            List<long[]> ids = new ArrayList<>();
            Chance chance = Chance.of(recipe.seed(), NAME, step);
            for (int i = 0; i < size; i++) {
                int picture = chance.below(pictures.count());
                latents.copy(picture, said, i * moments);
                timesteps[i] = draws.below(1000, Purpose.TIMESTEP, step, i);
                ids.add(tokenizer.ids(captions.of(captions.world().shot(picture), step * size + i)));
            }
            float[] posterior = draws.gaussian(Purpose.POSTERIOR, step, 0, size * each);
            float[] noise = draws.gaussian(Purpose.NOISE, step, 0, size * each);
            float[] clean = new StepInputs(said, posterior, noise, timesteps).latents(scale);
            return new Pretraining.Batch(clean, noise, timesteps, ids, side);
        }
    }
}
