package org.dreamboothactors.toyworld.pretraining;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.dreamboothactors.diffusion.judging.Judge;
import org.dreamboothactors.diffusion.kernels.Kernels;
import org.dreamboothactors.diffusion.models.CLIPTextModel;
import org.dreamboothactors.diffusion.tokenizer.ClipTokenizer;
import org.dreamboothactors.diffusion.training.JudgeTraining;
import org.dreamboothactors.toyworld.World;
import org.dreamboothactors.toyworld.judging.Lesson;
import org.dreamboothactors.toyworld.render.Renderer;

/**
 * The second phase: a judge, from pictures of its own, in which every pattern occurs. Its text encoder has the shape of the
 * base model's, which begins with what it learned.
 */
final class JudgePhase {
    static final String NAME = "judge";
    /** Its world is none of those that base models or exams see. */
    private static final long OTHER_SEED = 1000;

    private static final double MOST_NORM = 1;

    private final Recipe recipe;
    private final Workshop workshop;
    private final Journal journal;

    JudgePhase(Recipe recipe, Workshop workshop, Journal journal) {
        this.recipe = recipe;
        this.workshop = workshop;
        this.journal = journal;
    }

    /** Trains what is left to train and writes the averaged weights. */
    void run(Kernels kernels) {
        Path finished = workshop.file("judge.done");
        if (Files.exists(finished)) {
            return;
        }
        Recipe.Judging plan = recipe.judge();
        World world = World.judging(recipe.seed() + OTHER_SEED, 2);
        PicturePool pictures = PicturePool.of(
                workshop.file("judged.rgb"),
                plan.pictures(),
                recipe.side(),
                i -> Renderer.render(world.shot(i), recipe.side()),
                drawn -> {
                    if (drawn % 2048 == 0 || drawn == plan.pictures()) {
                        journal.say("pictures for the judge: " + drawn + " of " + plan.pictures());
                    }
                });
        try (ClipTokenizer tokenizer = ClipTokenizer.open(workshop.model().resolve("tokenizer"))) {
            long seed = recipe.seed() + OTHER_SEED;
            Workshop.fresh(workshop.judge(), Judge.PART, recipe.models().path(Judge.PART), seed, kernels);
            Workshop.fresh(workshop.judge(), CLIPTextModel.PART, textConfig(tokenizer), seed, kernels);
            Judge judge = Judge.load(workshop.judge(), kernels);
            JudgeTraining training = new JudgeTraining(
                    kernels, judge, VaePhase.settings(plan.rate(), plan.steps()), MOST_NORM, plan.ema());
            Path state = workshop.file("judge.state");
            if (Files.exists(state)) {
                training.restore(state);
            }
            journal.forgetAfter(NAME, training.steps());
            Lesson lesson = new Lesson(world, plan.pictures(), recipe.seed(), plan.kinds(), plan.subjects());
            train(training, lesson, pictures, tokenizer, state);
            for (String part : List.of(Judge.PART, CLIPTextModel.PART)) {
                Workshop.write(workshop.judge(), part, training.averages());
            }
        }
        Workshop.mark(finished);
    }

    /** A text encoder's configuration with what the tokenizer decides. */
    private JsonNode textConfig(ClipTokenizer tokenizer) {
        ObjectNode config = recipe.models().path(CLIPTextModel.PART).deepCopy();
        long[] empty = tokenizer.ids("");
        // The end of a text is the last token of all.
        config.put("vocab_size", empty[1] + 1).put("bos_token_id", empty[0]).put("eos_token_id", empty[1]);
        return config.put("pad_token_id", empty[1]).put("max_position_embeddings", tokenizer.maxLength());
    }

    private void train(
            JudgeTraining training, Lesson lesson, PicturePool pictures, ClipTokenizer tokenizer, Path state) {
        Recipe.Judging plan = recipe.judge();
        Averages averages = new Averages();
        while (training.steps() < plan.steps()) {
            JudgeTraining.Losses losses = training.step(lesson.of(training.steps(), pictures::picture, tokenizer::ids));
            long done = training.steps();
            averages.add("match", losses.match());
            averages.add("identity", losses.identity());
            if (done % recipe.noteEvery() == 0 || done == plan.steps() || done == 1) {
                journal.say(String.format(Locale.ROOT, "judge %d of %d: %s", done, plan.steps(), averages.text()));
                averages.noteAndForget(journal, NAME, done);
            }
            if (done % recipe.saveEvery() == 0 || done == plan.steps()) {
                training.save(state);
            }
        }
    }
}
