package org.dreamboothactors.diffusion.sampling;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.dreamboothactors.diffusion.Drawing;
import org.dreamboothactors.diffusion.ProgressListener;
import org.dreamboothactors.diffusion.images.Png;
import org.dreamboothactors.diffusion.schedulers.Draws;
import org.dreamboothactors.diffusion.schedulers.Draws.Purpose;
import org.dreamboothactors.diffusion.schedulers.Sampler;
import org.dreamboothactors.diffusion.schedulers.SchedulerSettings;

/**
 * Draws pictures in batches, each from its own seed.
 *
 * @param scheduler the model's scheduler configuration
 */
public record Painter(Easel easel, SchedulerSettings scheduler) {

    /** Writes picture i of {@code drawing} to {@code <i>.png} in {@code folder} and returns the files in order. */
    public List<Path> draw(Drawing drawing, Path folder, ProgressListener listener) {
        int unit = easel.pixelsPerLatent();
        if (drawing.width() % unit != 0 || drawing.height() % unit != 0) {
            throw new IllegalArgumentException("Cannot draw " + drawing.width() + " x " + drawing.height()
                    + " pixels: a side is no multiple of " + unit + ", expected one. Change the size.");
        }
        int pictures = drawing.prompts().size();
        int batches = (pictures + drawing.batch() - 1) / drawing.batch();
        int passes = sampler(drawing).timesteps().length;
        List<Path> files = new ArrayList<>();
        for (int b = 0; b < batches; b++) {
            int from = b * drawing.batch();
            int end = Math.min(pictures, from + drawing.batch());
            int passesBefore = b * passes;
            ProgressListener ofBatch = (done, total) -> listener.progressed(passesBefore + done, batches * passes);
            files.addAll(batch(drawing, from, end, folder, ofBatch));
        }
        return files;
    }

    private List<Path> batch(Drawing drawing, int from, int end, Path folder, ProgressListener listener) {
        int width = drawing.width() / easel.pixelsPerLatent();
        int height = drawing.height() / easel.pixelsPerLatent();
        int each = easel.latentChannels() * width * height;
        List<Long> seeds = drawing.seeds().subList(from, end);
        NoisePredictor model =
                easel.predictor(drawing.prompts().subList(from, end), drawing.negativePrompt(), width, height);
        Sampler sampler = sampler(drawing);
        float[] latents = Denoising.run(
                sampler,
                model,
                noise(seeds, Purpose.LATENT, 0, each),
                drawing.guidance(),
                step -> noise(seeds, Purpose.SAMPLER, step, each),
                done -> listener.progressed(done, sampler.timesteps().length));
        List<Path> files = new ArrayList<>();
        for (int i = from; i < end; i++) {
            float[] latent = Arrays.copyOfRange(latents, (i - from) * each, (i - from + 1) * each);
            Path file = folder(folder).resolve(i + ".png");
            Png.write(easel.decode(latent, width, height), file);
            files.add(file);
        }
        return files;
    }

    private Sampler sampler(Drawing drawing) {
        return drawing.sampler().start(scheduler, drawing.steps(), drawing.eta());
    }

    private static float[] noise(List<Long> seeds, Purpose purpose, int step, int each) {
        float[] all = new float[seeds.size() * each];
        for (int i = 0; i < seeds.size(); i++) {
            System.arraycopy(new Draws(seeds.get(i)).gaussian(purpose, step, 0, each), 0, all, i * each, each);
        }
        return all;
    }

    private static Path folder(Path folder) {
        try {
            return Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot make folder " + folder + " for pictures: " + e.getMessage(), e);
        }
    }
}
