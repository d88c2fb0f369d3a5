package org.dreamboothactors.toyworld.pretraining;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.dreamboothactors.diffusion.images.RgbImage;
import org.dreamboothactors.diffusion.kernels.Kernels;
import org.dreamboothactors.diffusion.models.AutoencoderKL;
import org.dreamboothactors.diffusion.training.AutoencoderTraining;
import org.dreamboothactors.diffusion.training.AutoencoderTraining.LossWeights;
import org.dreamboothactors.diffusion.training.AutoencoderTraining.Losses;
import org.dreamboothactors.diffusion.training.CentredLatents;
import org.dreamboothactors.diffusion.training.LearningRate;
import org.dreamboothactors.diffusion.training.LearningRateSchedule.Trapezoid;
import org.dreamboothactors.diffusion.training.Optimizer;
import org.dreamboothactors.toyworld.Chance;

/** The first phase: an autoencoder that keeps renders and photos. */
final class VaePhase {
    static final String NAME = "vae";
    private static final double MOST_NORM = 1;
    private static final int SHOWN = 8;

    private final Recipe recipe;
    private final Workshop workshop;
    private final Journal journal;
    private final PicturePool world;
    private final PicturePool leaves;

    VaePhase(Recipe recipe, Workshop workshop, Journal journal, PicturePool world, PicturePool leaves) {
        this.recipe = recipe;
        this.workshop = workshop;
        this.journal = journal;
        this.world = world;
        this.leaves = leaves;
    }

    /** AdamW as both phases use it. */
    static Optimizer.Hyperparameters settings(Recipe.Rate rate, int steps) {
        int fall = Math.max(1, (int) Math.round(rate.fall() * steps));
        return new Optimizer.Hyperparameters(
                new LearningRate(rate.base(), new Trapezoid(rate.warmupSteps(), fall), steps),
                .9,
                .99,
                1e-8,
                rate.weightDecay());
    }

    /** Trains what is left to train and writes the finished weights. */
    void run(Kernels kernels) {
        Path finished = workshop.file("vae.done");
        if (Files.exists(finished)) {
            return;
        }
        Path folder = Workshop.fresh(
                workshop.model(), AutoencoderKL.PART, recipe.models().path(AutoencoderKL.PART), recipe.seed(), kernels);
        AutoencoderKL vae = AutoencoderKL.load(folder, kernels);
        Recipe.Autoencoder plan = recipe.vae();
        AutoencoderTraining training = new AutoencoderTraining(
                kernels,
                vae,
                settings(plan.rate(), plan.steps()),
                MOST_NORM,
                new LossWeights(plan.edges(), plan.divergence()),
                recipe.seed());
        Path state = workshop.file("vae.state");
        if (Files.exists(state)) {
            training.restore(state);
        }
        journal.forgetAfter(NAME, training.steps());
        train(training, vae, kernels, state);
        CentredLatents.write(
                vae, first(world, Math.min(world.count(), 1024)), kernels, folder.resolve(Workshop.weightsFile(NAME)));
        Workshop.mark(finished);
    }

    private void train(AutoencoderTraining training, AutoencoderKL vae, Kernels kernels, Path state) {
        Recipe.Autoencoder plan = recipe.vae();
        Averages averages = new Averages();
        while (training.steps() < plan.steps()) {
            Losses losses = training.step(batch(training.steps()));
            long done = training.steps();
            averages.add("loss", losses.total());
            averages.add("psnr", losses.psnr());
            averages.add("nats", losses.nats());
            if (done % recipe.noteEvery() == 0 || done == plan.steps() || done == 1) {
                journal.say(
                        String.format(Locale.ROOT, "autoencoder %d of %d: %s", done, plan.steps(), averages.text()));
                averages.noteAndForget(journal, NAME, done);
            }
            if (done % recipe.saveEvery() == 0 || done == plan.steps()) {
                training.save(state);
                show(vae, kernels, done);
            }
        }
    }

    /** The pictures of a step, which depend on nothing but its number. */
    private List<RgbImage> batch(long step) {
        Recipe.Autoencoder plan = recipe.vae();
        Chance chance = Chance.of(recipe.seed(), NAME, step);
        List<RgbImage> pictures = new ArrayList<>();
        for (int i = 0; i < plan.pictures() + plan.leaves(); i++) {
            PicturePool pool = i < plan.pictures() ? world : leaves;
            RgbImage picture = pool.picture(chance.below(pool.count()));
            if (step < plan.cropSteps()) {
                int spare = recipe.side() - plan.crop() + 1;
                picture = picture.crop(chance.below(spare), chance.below(spare), plan.crop(), plan.crop());
            }
            pictures.add(picture);
        }
        return pictures;
    }

    private static List<RgbImage> first(PicturePool pool, int count) {
        return IntStream.range(0, count).mapToObj(pool::picture).toList();
    }

    private void show(AutoencoderKL vae, Kernels kernels, long step) {
        List<RgbImage> originals = new ArrayList<>(first(world, SHOWN));
        originals.addAll(first(leaves, SHOWN));
        List<RgbImage> shown = new ArrayList<>();
        for (int from = 0; from < originals.size(); from += SHOWN) {
            List<RgbImage> row = originals.subList(from, from + SHOWN);
            shown.addAll(row);
            shown.addAll(Reconstruction.of(vae, row, kernels));
        }
        Mosaic.write(shown, SHOWN, workshop.file("sheets/vae-" + step + ".png"));
    }
}
