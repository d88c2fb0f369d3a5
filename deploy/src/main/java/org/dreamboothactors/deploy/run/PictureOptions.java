package org.dreamboothactors.deploy.run;

import java.util.List;
import java.util.Optional;
import org.dreamboothactors.protocol.v1.RunSpec;
import org.dreamboothactors.protocol.v1.Sampling;
import picocli.CommandLine.Option;

/** What is drawn while training, and how pictures are drawn. */
final class PictureOptions {
    @Option(
            names = "--validation-prompt",
            paramLabel = "TEXT",
            description = "draw this while training; may be repeated, 16 at most (none)")
    List<String> validationPrompts = List.of();

    @Option(
            names = "--validate-every",
            paramLabel = "STEPS",
            description = "steps between validation pictures; 0: with each checkpoint only (0)")
    Optional<Integer> validateEvery = Optional.empty();

    @Option(
            names = "--stop-after-worse",
            paramLabel = "N",
            description = "end training when the judge finds so many in a row worse than the best; 0: never (0)")
    Optional<Integer> stopAfter = Optional.empty();

    @Option(
            names = "--sampler",
            paramLabel = "NAME",
            description =
                    "of class images and validation pictures: ddpm, ddim, pndm, plms, dpmpp_2m, dpmpp_2m_karras, euler or euler_a"
                            + " (class images plms, validation pictures ddim, but dpmpp_2m where ddim would clip latents unasked)")
    Optional<String> sampler = Optional.empty();

    @Option(
            names = "--sampling-steps",
            paramLabel = "N",
            description = "denoising steps of class images and validation pictures (50)")
    Optional<Integer> samplingSteps = Optional.empty();

    @Option(
            names = "--guidance",
            paramLabel = "X",
            description = "guidance scale of class images and validation pictures; 1: without (7.5)")
    Optional<Double> guidance = Optional.empty();

    @Option(
            names = "--eta",
            paramLabel = "X",
            description = "share of fresh noise in each step of ddim, 0 to 1 (0: none)")
    Optional<Double> eta = Optional.empty();

    @Option(
            names = "--negative-prompt",
            paramLabel = "TEXT",
            description = "what class images and validation pictures must not show (nothing)")
    Optional<String> negativePrompt = Optional.empty();

    /**
     * Says what is drawn.
     *
     * @param seed of the first picture, as YAML says
     */
    void apply(RunSpec.Builder spec, long seed) {
        if (!validationPrompts.isEmpty()) {
            spec.getValidationBuilder()
                    .clearPrompts()
                    .addAllPrompts(validationPrompts)
                    .setSeed(seed);
        }
        stopAfter.ifPresent(verdicts -> spec.getValidationBuilder().setStopAfter(verdicts));
        validateEvery.ifPresent(every -> spec.getValidationBuilder().setEverySteps(every));
    }

    Sampling sampling(Sampling start) {
        Sampling.Builder sampling = start.toBuilder();
        sampler.ifPresent(sampling::setSampler);
        samplingSteps.ifPresent(count -> sampling.setInferenceSteps(Limits.positive("--sampling-steps", count)));
        guidance.ifPresent(scale -> sampling.setGuidanceScale(Limits.positive("--guidance", scale)));
        eta.ifPresent(share -> sampling.setEta(Limits.share("--eta", share)));
        negativePrompt.ifPresent(sampling::setNegativePrompt);
        return sampling.build();
    }
}
