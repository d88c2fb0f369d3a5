package org.dreamboothactors.deploy.run;

import java.util.Optional;
import org.dreamboothactors.protocol.v1.RunSpec;
import picocli.CommandLine.Option;

/** Whether the class is to be kept, and by how many images. */
final class PriorOptions {
    @Option(
            names = "--prior",
            negatable = true,
            description =
                    "train on class images too, so that the class is not forgotten; keys of YAML say the rest (no)")
    Optional<Boolean> prior = Optional.empty();

    @Option(
            names = "--class-images",
            paramLabel = "N",
            description = "wanted number of class images; implies --prior (100)")
    Optional<Integer> classImages = Optional.empty();

    @Option(
            names = "--prior-weight",
            paramLabel = "X",
            description = "of the class half of the loss; implies --prior (0.5)")
    Optional<Double> priorWeight = Optional.empty();

    /**
     * Read with the YAML, so that what it says of class images holds whoever asks for them. Who does without them leaves the
     * rest of the YAML as it is, the base model among it.
     */
    Optional<String> override() {
        boolean wanted = prior.orElse(classImages.isPresent() || priorWeight.isPresent());
        return wanted ? Optional.of("model.with_prior_preservation=True") : Optional.empty();
    }

    void apply(RunSpec.Builder spec) {
        if (!prior.orElse(true)) {
            spec.clearPrior();
        }
        if (!spec.hasPrior()) {
            return;
        }
        classImages.ifPresent(
                count -> spec.getPriorBuilder().setNumClassImages(Limits.positive("--class-images", count)));
        priorWeight.ifPresent(
                weight -> spec.getPriorBuilder().setLossWeight(Limits.positive("--prior-weight", weight)));
    }
}
