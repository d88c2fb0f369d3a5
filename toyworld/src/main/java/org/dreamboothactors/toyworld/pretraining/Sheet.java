package org.dreamboothactors.toyworld.pretraining;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.dreamboothactors.diffusion.Drawing;
import org.dreamboothactors.diffusion.images.Png;
import org.dreamboothactors.diffusion.images.RgbImage;
import org.dreamboothactors.diffusion.sampling.Easel;
import org.dreamboothactors.diffusion.sampling.Painter;
import org.dreamboothactors.diffusion.schedulers.SamplerKind;
import org.dreamboothactors.diffusion.schedulers.SchedulerSettings;
import org.dreamboothactors.toyworld.Caption;
import org.dreamboothactors.toyworld.Shot;
import org.dreamboothactors.toyworld.Thing;
import org.dreamboothactors.toyworld.World;

/** The same prompts and seeds, drawn from time to time: two of each kind of thing. */
final class Sheet {
    private static final int COLUMNS = 8;
    private static final int STEPS = 16;
    private static final double GUIDANCE = 4;

    private final Painter painter;
    private final Recipe recipe;

    Sheet(Easel easel, SchedulerSettings scheduler, Recipe recipe) {
        this.painter = new Painter(easel, scheduler);
        this.recipe = recipe;
    }

    /** What the pictures of a sheet show, in order; no shot of training. */
    static List<Shot> shots(long seed, int count) {
        World world = World.training(seed + 1, 1);
        List<Shot> shots = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            shots.add(world.shot(i));
        }
        return shots;
    }

    /** Draws into {@code folder} and writes all of it as one picture beside it, with {@code .png} at the end. */
    void draw(Path folder) {
        List<String> prompts = shots(recipe.seed(), 2 * Thing.values().length).stream()
                .map(Caption::whole)
                .toList();
        Drawing drawing = new Drawing(
                prompts,
                LongStream.range(0, prompts.size()).boxed().toList(),
                SamplerKind.DPMPP_2M,
                STEPS,
                0,
                GUIDANCE,
                "",
                recipe.side(),
                recipe.side(),
                COLUMNS);
        List<RgbImage> pictures = painter.draw(drawing, folder, (done, all) -> {}).stream()
                .map(Png::read)
                .toList();
        Mosaic.write(pictures, COLUMNS, folder.resolveSibling(folder.getFileName() + ".png"));
    }
}
