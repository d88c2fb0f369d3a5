package org.dreamboothactors.toyworld.pretraining;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.dreamboothactors.diffusion.judging.JudgeOpinion;
import org.dreamboothactors.diffusion.kernels.Kernels;
import org.dreamboothactors.diffusion.models.AutoencoderKL;
import org.dreamboothactors.toyworld.Thing;
import org.dreamboothactors.toyworld.World;
import org.dreamboothactors.toyworld.judging.BaseModelExam;
import org.dreamboothactors.toyworld.judging.JudgeExam;
import org.dreamboothactors.toyworld.render.Renderer;

/** A base model from nothing: pictures, autoencoder, a judge with its text encoder, latents, UNet. */
public final class PretrainToyWorld {
    private static final int SAY_EVERY = 2048;
    /** The exam's world is none of those that were trained on. */
    private static final long EXAM_SEED = 2000;

    private final Recipe recipe;
    private final Workshop workshop;
    private final Journal journal;
    private final int threads;

    /**
     * A pretraining that begins, or goes on with what {@code folder} holds.
     *
     * @param threads that libtorch may use; part of what fixes the bits
     * @param screen gets lines for people
     */
    public PretrainToyWorld(Recipe recipe, Path folder, int threads, InstantSource clock, Consumer<String> screen) {
        this.recipe = recipe;
        this.workshop = Workshop.open(folder, recipe);
        this.journal = Journal.in(folder, clock, screen);
        this.threads = threads;
    }

    /**
     * Does what is left to do; blocks until all of it is done.
     *
     * @param out gets the finished models in half precision, with their cards: {@code base-model}, a diffusers folder, and
     *     {@code judge}
     * @param commit of the source, for the card
     */
    public void run(Path out, String commit) {
        World world = World.training(recipe.seed(), 1);
        PicturePool renders = PicturePool.of(
                workshop.file("world.rgb"),
                recipe.pictures(),
                recipe.side(),
                i -> Renderer.render(world.shot(i), recipe.side()),
                drawn -> said("pictures of the toy world", drawn, recipe.pictures()));
        PicturePool leaves = PicturePool.of(
                workshop.file("leaves.rgb"),
                recipe.leaves(),
                recipe.side(),
                i -> DeadLeaves.picture(recipe.seed(), i, recipe.side()),
                drawn -> said("pictures of dead leaves", drawn, recipe.leaves()));
        try (Kernels kernels = Kernels.open(threads)) {
            new VaePhase(recipe, workshop, journal, renders, leaves).run(kernels);
            Captions captions = new Captions(
                    world,
                    recipe.seed(),
                    recipe.denoiser().empty(),
                    recipe.denoiser().nonsense());
            captions.tokenizer().write(workshop.model().resolve("tokenizer"), recipe.tokens());
            new JudgePhase(recipe, workshop, journal).run(kernels);
            judge(out.resolve("judge"), commit, kernels);
            new DenoiserPhase(recipe, workshop, journal, renders, captions).run(kernels);
            baseModel(out.resolve("base-model"), out.resolve("judge"), commit, kernels);
        }
    }

    private void baseModel(Path folder, Path judge, String commit, Kernels kernels) {
        FinishedModel.write(workshop, folder, kernels);
        AutoencoderKL vae = AutoencoderKL.load(folder.resolve(AutoencoderKL.PART), kernels);
        try (JudgeOpinion opinion = JudgeOpinion.open(judge, kernels)) {
            BaseModelExam exam = BaseModelExam.sit(
                    folder, opinion, List.of(Thing.values()), workshop.file("exam"), threads, (_, _) -> {});
            ModelCard.write(
                    folder,
                    recipe,
                    journal,
                    commit,
                    Map.of(
                            "96 prompts by the judge", exam.reading().toString(),
                            "autoencoder", Reconstruction.ofUnseenRenders(vae, recipe.side(), kernels)));
            journal.say("base model in " + folder + ": " + exam.reading());
        }
    }

    private void judge(Path folder, String commit, Kernels kernels) {
        FinishedModel.writeJudge(workshop, folder, kernels);
        try (JudgeOpinion opinion = JudgeOpinion.open(folder, kernels)) {
            JudgeExam exam = JudgeExam.sit(opinion, recipe.seed() + EXAM_SEED, recipe.side());
            ModelCard.writeJudge(folder, recipe, journal, commit, exam.toString());
            journal.say("judge in " + folder + ": " + exam);
        }
    }

    private void said(String what, int done, int all) {
        if (done % SAY_EVERY == 0 || done == all) {
            journal.say(what + ": " + done + " of " + all);
        }
    }
}
