package org.dreamboothactors.deploy.run;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.dreamboothactors.deploy.UsageException;
import org.dreamboothactors.protocol.v1.Priority;
import org.dreamboothactors.protocol.v1.RunSpec;
import org.dreamboothactors.protocol.v1.Sampling;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The flags that describe a run; a flag wins over YAML, YAML over the service's defaults. */
public final class RunOptions {
    private static final String IDENTIFIER = "sks";

    @Option(names = "--photos", paramLabel = "DIR", description = "folder with the subject's photos, 3 to 40")
    Optional<Path> photos = Optional.empty();

    @Option(
            names = "--run",
            paramLabel = "YAML",
            description = "describes the run with the keys of NeMo's DreamBooth, which ./dreambooth keys lists;"
                    + " may be repeated, later files win")
    List<Path> files = List.of();

    @Parameters(
            paramLabel = "key=value",
            description = "overrides of YAML keys, e.g. model.data.resolution=512; flags win over them")
    List<String> overrides = List.of();

    @Option(names = "--class", paramLabel = "NOUN", description = "what the subject is, e.g. teapot")
    Optional<String> noun = Optional.empty();

    @Option(
            names = "--identifier",
            paramLabel = "WORD",
            description = "rare word that will mean the subject, with --class (sks)")
    Optional<String> identifier = Optional.empty();

    @Option(
            names = "--instance-prompt",
            paramLabel = "TEXT",
            description = "names the subject (\"a photo of a IDENTIFIER NOUN\")")
    Optional<String> instancePrompt = Optional.empty();

    @Option(
            names = "--class-prompt",
            paramLabel = "TEXT",
            description = "the same without the identifier (\"a photo of a NOUN\")")
    Optional<String> classPrompt = Optional.empty();

    @Option(
            names = "--priority",
            paramLabel = "LEVEL",
            description = "who gets a trainer first: low, normal or high; high makes running ones pause (normal)")
    Optional<String> priority = Optional.empty();

    @ArgGroup(validate = false, heading = "%nTraining:%n")
    TrainingOptions training = new TrainingOptions();

    @ArgGroup(validate = false, heading = "%nTime and memory:%n")
    ComputeOptions compute = new ComputeOptions();

    @ArgGroup(validate = false, heading = "%nRefinements:%n")
    RefinementOptions refinements = new RefinementOptions();

    @ArgGroup(validate = false, heading = "%nPrior preservation:%n")
    PriorOptions prior = new PriorOptions();

    @ArgGroup(validate = false, heading = "%nPictures:%n")
    PictureOptions pictures = new PictureOptions();

    /** Whether flags, files or overrides name the subject. */
    public boolean namesSubject() {
        return noun.isPresent()
                || instancePrompt.isPresent()
                || !RunYaml.read(files, overrides).spec().getInstancePrompt().isEmpty();
    }

    /** What the flags, files and overrides say together. */
    public RunDescription describe() {
        return describe(List.of());
    }

    /** The same, with files that say what is left open. */
    public RunDescription describe(List<Path> defaults) {
        List<Path> all = new ArrayList<>(defaults);
        all.addAll(files);
        List<String> stronger = new ArrayList<>(overrides);
        prior.override().ifPresent(stronger::add);
        training.override().ifPresent(stronger::add);
        RunDescription yaml = RunYaml.read(all, stronger);
        RunSpec.Builder spec = yaml.spec().toBuilder();
        if (identifier.isPresent() && noun.isEmpty()) {
            throw new UsageException("Cannot describe the run: --identifier is " + identifier.get()
                    + " without --class, expected both. A prompt of your own holds the word itself");
        }
        noun.ifPresent(word -> spec.setInstancePrompt("a photo of a " + identifier.orElse(IDENTIFIER) + " " + word)
                .setClassPrompt("a photo of a " + word));
        instancePrompt.ifPresent(spec::setInstancePrompt);
        classPrompt.ifPresent(spec::setClassPrompt);
        priority.map(RunOptions::priority).ifPresent(spec::setPriority);
        training.apply(spec);
        compute.apply(spec.getTrainingBuilder());
        refinements.apply(spec);
        prior.apply(spec);
        pictures.apply(spec, yaml.pictureSeed());
        Sampling sampling = pictures.sampling(yaml.sampling());
        drawnWith(sampling, spec);
        return new RunDescription(
                photos.or(yaml::photos),
                checked(spec.build(), sampling),
                yaml.baseModel().filter(_ -> !training.namesBaseModel()),
                spec.hasPrior() ? yaml.classImages() : Optional.empty(),
                yaml.cached().filter(_ -> !spec.getEncodeOnline()),
                sampling,
                yaml.pictureSeed());
    }

    private static Priority priority(String level) {
        return Priorities.named(level)
                .orElseThrow(() -> new UsageException(
                        "Cannot describe the run: --priority is " + level + ", expected low, normal or high"));
    }

    private static void drawnWith(Sampling sampling, RunSpec.Builder spec) {
        if (sampling.equals(Sampling.getDefaultInstance())) {
            return;
        }
        if (spec.hasPrior()) {
            spec.getPriorBuilder()
                    .setSampling(sampling.toBuilder().clearWidth().clearHeight()); // squares of the resolution
        }
        if (spec.hasValidation()) {
            spec.getValidationBuilder().setSampling(sampling);
        }
    }

    private static RunSpec checked(RunSpec spec, Sampling sampling) {
        if (spec.getInstancePrompt().isEmpty()) {
            throw new UsageException(
                    "Cannot describe the run: no prompt names the subject, expected --class NOUN or --instance-prompt");
        }
        if (spec.hasPrior() && spec.getClassPrompt().isEmpty()) {
            throw new UsageException("Cannot describe the run: prior preservation without a class prompt,"
                    + " expected --class NOUN or --class-prompt");
        }
        if (!spec.hasValidation() && (sampling.getWidth() > 0 || sampling.getHeight() > 0)) {
            throw new UsageException("Cannot describe the run: infer.width and infer.height are of validation pictures,"
                    + " and there are none, expected --validation-prompt. sample has --width and --height");
        }
        if (spec.hasValidation() && spec.getValidation().getPromptsCount() == 0) {
            throw new UsageException("Cannot describe the run: validation every "
                    + spec.getValidation().getEverySteps() + " steps without a prompt, expected --validation-prompt");
        }
        return spec;
    }
}
