package org.dreamboothactors.deploy.commands;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.dreamboothactors.deploy.Exit;
import org.dreamboothactors.deploy.UsageException;
import org.dreamboothactors.deploy.progress.Screen;
import org.dreamboothactors.deploy.progress.Spans;
import org.dreamboothactors.deploy.remote.Answers;
import org.dreamboothactors.deploy.remote.NamedRuns;
import org.dreamboothactors.deploy.remote.Remote;
import org.dreamboothactors.deploy.remote.Remote.Feed;
import org.dreamboothactors.deploy.remote.SampleRequests;
import org.dreamboothactors.deploy.settings.SettingsOptions;
import org.dreamboothactors.diffusion.lora.AddedLora;
import org.dreamboothactors.diffusion.schedulers.SamplerKind;
import org.dreamboothactors.protocol.v1.RunEvent;
import org.dreamboothactors.protocol.v1.Sample;
import org.dreamboothactors.protocol.v1.SampleRequest;
import org.dreamboothactors.protocol.v1.SamplesReady;
import org.dreamboothactors.protocol.v1.Sampling;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Draws pictures with a checkpoint. */
@Command(
        name = "sample",
        header = "Draws pictures with a checkpoint.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        abbreviateSynopsis = true,
        description = {
            "Draws pictures with a run's checkpoint, or with the base model it was trained from, and brings them here.",
            "The same prompt, seed and sampler give the same picture in the same file: its name ends in a digest of prompt,"
                    + " sampler, size and LoRA."
        },
        exitCodeListHeading = Exit.HEADING,
        exitCodeList = {Exit.DONE_HELP, Exit.FAILED_HELP, Exit.USAGE_HELP, Exit.INTERRUPTED_HELP},
        footerHeading = Exit.EXAMPLES,
        footer = {
            "  ./dreambooth sample \"$RUN\" --prompt \"a photo of a sks teapot in the snow\" --count 4 --out pictures",
            "  ./dreambooth sample \"$RUN\" --step base --prompt \"a photo of a teapot in the snow\" --out pictures"
        })
public final class SampleCommand implements Callable<Integer> {
    @Parameters(paramLabel = "RUN", description = "run id, as submit prints it")
    String run = "";

    @Option(names = "--prompt", paramLabel = "TEXT", required = true, description = "what to draw; may be repeated")
    List<String> prompts = List.of();

    @Option(
            names = "--step",
            paramLabel = "N|base",
            description = "checkpoint of that step, or the base model (the newest checkpoint)")
    Optional<String> step = Optional.empty();

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "0",
            description = "of the first picture; the next ones have the next seeds (${DEFAULT-VALUE})")
    long seed;

    @Option(
            names = "--count",
            paramLabel = "N",
            defaultValue = "1",
            description = "pictures of each prompt; 64 in all at most (${DEFAULT-VALUE})")
    int count;

    @Option(
            names = "--sampler",
            paramLabel = "NAME",
            description = "ddpm, ddim, pndm, plms, dpmpp_2m, dpmpp_2m_karras, euler or euler_a (the run's)")
    Optional<String> sampler = Optional.empty();

    @Option(names = "--steps", paramLabel = "N", description = "denoising steps, 1 to 1000 (the run's)")
    Optional<Integer> steps = Optional.empty();

    @Option(names = "--guidance", paramLabel = "X", description = "guidance scale; 1: without guidance (the run's)")
    Optional<Double> guidance = Optional.empty();

    @Option(
            names = "--eta",
            paramLabel = "X",
            description = "share of fresh noise in each step of ddim, 0 to 1 (the run's)")
    Optional<Double> eta = Optional.empty();

    @Option(names = "--negative-prompt", paramLabel = "TEXT", description = "what not to draw (nothing)")
    Optional<String> negativePrompt = Optional.empty();

    @Option(names = "--width", paramLabel = "PIXELS", description = "a multiple of 8, 64 to 2048 (the run's)")
    Optional<Integer> width = Optional.empty();

    @Option(names = "--height", paramLabel = "PIXELS", description = "a multiple of 8, 64 to 2048 (the run's)")
    Optional<Integer> height = Optional.empty();

    @Mixin
    LoraOptions lora = new LoraOptions();

    @Option(names = "--out", paramLabel = "DIR", required = true, description = "folder for the PNG files")
    Path out = Path.of("");

    @ArgGroup(validate = false, heading = Exit.SERVICE)
    SettingsOptions service = new SettingsOptions();

    @Spec
    CommandSpec spec = CommandSpec.create();

    private final Outside outside;

    public SampleCommand() {
        this(Outside.ofThisProcess());
    }

    SampleCommand(Outside outside) {
        this.outside = outside;
    }

    @Override
    public Integer call() {
        String id = NamedRuns.runId(run);
        Optional<AddedLora> added = lora.wanted();
        try (Remote remote = outside.reach(service)) {
            SampleRequest.Builder asking =
                    request(NamedRuns.history(remote, id, SampleRequests.ASKED_OF), id).toBuilder();
            Destination.folder(out);
            added.ifPresent(adapters -> asking.getLoraBuilder()
                    .setFile(remote.uploadLora(adapters.file()))
                    .setWeight(adapters.weight()));
            SampleRequest request = asking.build();
            Screen screen = outside.screen(spec.commandLine().getErr());
            Answers answers = new Answers(
                    outside.signals().get(),
                    outside.clock(),
                    silence ->
                            screen.idle("drawing " + request.getPromptsCount() + " pictures, " + Spans.text(silence)));
            String asked = remote.draw(id, request);
            try (Feed<RunEvent> events = remote.follow(id)) {
                Optional<Map<String, SamplesReady>> drawn =
                        answers.await(events, Set.of(asked), Answers.patience(request.getPromptsCount()));
                screen.clear();
                return drawn.map(pictures -> write(
                                remote, id, request, pictures.getOrDefault(asked, SamplesReady.getDefaultInstance())))
                        .orElse(Exit.INTERRUPTED);
            }
        }
    }

    private SampleRequest request(List<RunEvent> history, String id) {
        if (count < 1 || (long) count * prompts.size() > SampleRequests.MOST_PICTURES) {
            throw new UsageException("Cannot draw: " + (long) count * prompts.size() + " pictures, expected 1 to "
                    + SampleRequests.MOST_PICTURES + ". Ask several times");
        }
        Sampling.Builder sampling = SampleRequests.sampling(history).toBuilder();
        sampler.ifPresent(sampling::setSampler);
        steps.ifPresent(number -> sampling.setInferenceSteps(given("--steps", number)));
        guidance.ifPresent(scale -> sampling.setGuidanceScale(given("--guidance", scale)));
        eta.ifPresent(share -> {
            sampling.setEta(share);
            if (share > 0 && sampler.isEmpty()) {
                sampling.setSampler(SamplerKind.DDIM.label()); // no other has it
            }
        });
        negativePrompt.ifPresent(sampling::setNegativePrompt);
        width.ifPresent(pixels -> sampling.setWidth(given("--width", pixels)));
        height.ifPresent(pixels -> sampling.setHeight(given("--height", pixels)));
        return SampleRequest.newBuilder()
                .setCheckpointStep(SampleRequests.step(history, id, step))
                .addAllPrompts(prompts.stream()
                        .flatMap(prompt -> Collections.nCopies(count, prompt).stream())
                        .toList())
                .setSeed(seed)
                .setSampling(sampling)
                .build();
    }

    /** In a message 0 means that nothing was said. */
    private static int given(String name, int number) {
        if (number < 1) {
            throw new UsageException("Cannot draw: " + name + " is " + number + ", expected 1 or more");
        }
        return number;
    }

    private static double given(String name, double number) {
        if (!(number > 0)) {
            throw new UsageException("Cannot draw: " + name + " is " + number + ", expected more than 0");
        }
        return number;
    }

    private int write(Remote remote, String id, SampleRequest request, SamplesReady pictures) {
        PrintWriter lines = spec.commandLine().getOut();
        String model = pictures.getStep() == 0 ? "base" : "step" + pictures.getStep();
        try {
            for (Sample sample : pictures.getSamplesList()) {
                Path file = out.resolve(id + "-" + model + "-seed" + sample.getSeed() + "-"
                        + PictureRecipe.of(request, sample.getPrompt()) + ".png");
                Files.write(file, remote.read(sample.getImage()));
                lines.println(file + "  " + sample.getPrompt().replaceAll("\\p{Cntrl}", "?"));
            }
            lines.flush();
            return Exit.DONE;
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write pictures to " + out + ": " + e.getMessage(), e);
        }
    }
}
