package org.dreamboothactors.toyworld.judging;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.dreamboothactors.diffusion.Drawing;
import org.dreamboothactors.diffusion.ProgressListener;
import org.dreamboothactors.diffusion.StableDiffusion;
import org.dreamboothactors.diffusion.images.Png;
import org.dreamboothactors.diffusion.images.RgbImage;
import org.dreamboothactors.diffusion.judging.JudgeOpinion;
import org.dreamboothactors.diffusion.judging.Opinion;
import org.dreamboothactors.diffusion.schedulers.SamplerKind;
import org.dreamboothactors.toyworld.Shot;
import org.dreamboothactors.toyworld.Thing;
import org.dreamboothactors.toyworld.World;

/**
 * What a judge sees in pictures that a base model drew for prompts of thing, colour, pattern and place.
 *
 * @param known the same over those pictures whose thing the model was trained on
 */
public record BaseModelExam(Reading reading, Reading known) {
    private static final int ROUNDS = 6; // pictures of each kind of thing
    private static final int STEPS = 20;
    private static final double GUIDANCE = 4;
    private static final int BATCH = 16;

    /**
     * Draws 96 prompts at fixed seeds and reads the pictures.
     *
     * @param model diffusers folder
     * @param things that the model was trained on
     * @param pictures gets the drawings
     * @param threads of libtorch, as many as the judge's
     */
    public static BaseModelExam sit(
            Path model,
            JudgeOpinion opinion,
            List<Thing> things,
            Path pictures,
            int threads,
            ProgressListener progress) {
        int side = opinion.side();
        List<Claim> claims = claims();
        Drawing drawing = new Drawing(
                claims.stream().map(Claim::text).toList(),
                LongStream.range(0, claims.size()).boxed().toList(),
                SamplerKind.DPMPP_2M,
                STEPS,
                0,
                GUIDANCE,
                "",
                side,
                side,
                BATCH);
        try (StableDiffusion diffusion = StableDiffusion.open(model, threads)) {
            diffusion.draw(drawing, pictures, progress);
        }
        List<RgbImage> drawn = IntStream.range(0, claims.size())
                .mapToObj(i -> Png.read(pictures.resolve(i + ".png")))
                .toList();
        List<Opinion.Seen> seen = opinion.see(drawn);
        List<Opinion.Seen> ofKnown = new ArrayList<>();
        List<Claim> known = new ArrayList<>();
        for (int i = 0; i < claims.size(); i++) {
            if (things.contains(claims.get(i).thing())) {
                ofKnown.add(seen.get(i));
                known.add(claims.get(i));
            }
        }
        return new BaseModelExam(Reading.of(opinion, seen, claims), Reading.of(opinion, ofKnown, known));
    }

    /** The prompts: every kind of thing in turn, whatever else chance wants. */
    static List<Claim> claims() {
        World world = World.training(96, 1);
        List<Claim> claims = new ArrayList<>();
        for (int i = 0; i < ROUNDS * Thing.values().length; i++) {
            Shot shot = world.shot(i);
            claims.add(Claim.of(
                    shot.subject().thing(),
                    shot.subject().paint(),
                    shot.subject().pattern(),
                    shot.place()));
        }
        return claims;
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "all things: %s%nits own things: %s", reading, known);
    }
}
