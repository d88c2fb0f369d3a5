package org.dreamboothactors.diffusion;

import java.util.List;
import org.dreamboothactors.diffusion.schedulers.SamplerKind;

/**
 * Pictures to draw; each has its own prompt and seed, and looks the same whatever else is drawn with it.
 *
 * @param prompts one a picture
 * @param seeds one a picture
 * @param steps of the sampler
 * @param eta share of ancestral noise for DDIM, 0 to 1; 0 draws none, and other samplers do not look at it
 * @param guidance how far to go from the negative prompt towards the prompt (classifier-free guidance); 1 is off
 * @param width in pixels
 * @param height in pixels
 * @param batch how many pictures are drawn at once
 */
public record Drawing(
        List<String> prompts,
        List<Long> seeds,
        SamplerKind sampler,
        int steps,
        double eta,
        double guidance,
        String negativePrompt,
        int width,
        int height,
        int batch) {

    public Drawing {
        prompts = List.copyOf(prompts);
        seeds = List.copyOf(seeds);
        if (prompts.isEmpty() || prompts.size() != seeds.size()) {
            throw new IllegalArgumentException("Cannot draw: there are " + prompts.size() + " prompts and "
                    + seeds.size() + " seeds, expected one of each a picture. Give every picture both.");
        }
        if (steps < 1 || !(eta >= 0 && eta <= 1)) {
            throw new IllegalArgumentException("Cannot draw in " + steps + " steps with eta " + eta
                    + ": a number is out of range, expected 1 or more steps and an eta of 0 to 1. Change it.");
        }
        if (batch < 1 || width < 1 || height < 1) {
            throw new IllegalArgumentException("Cannot draw: size " + width + " x " + height + " in batches of " + batch
                    + " is empty, expected numbers above 0. Change the size or the batch.");
        }
    }
}
