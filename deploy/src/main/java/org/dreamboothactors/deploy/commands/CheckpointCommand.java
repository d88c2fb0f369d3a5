package org.dreamboothactors.deploy.commands;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.Callable;
import org.dreamboothactors.deploy.Exit;
import org.dreamboothactors.deploy.UsageException;
import org.dreamboothactors.deploy.remote.Announced;
import org.dreamboothactors.deploy.remote.NamedRuns;
import org.dreamboothactors.deploy.remote.Remote;
import org.dreamboothactors.deploy.settings.SettingsOptions;
import org.dreamboothactors.protocol.v1.CheckpointReady;
import org.dreamboothactors.protocol.v1.RunEvent;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Brings a run's checkpoint here. */
@Command(
        name = "checkpoint",
        header = "Downloads a checkpoint.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Downloads a run's checkpoint, a diffusers folder; every file is checked against its digest.",
            "With --lora the adapters of a file are added to its weights.",
            "With --format ldm it becomes one .safetensors in the original names, for ComfyUI, A1111 and others."
        },
        exitCodeListHeading = Exit.HEADING,
        exitCodeList = {Exit.DONE_HELP, Exit.FAILED_HELP, Exit.USAGE_HELP},
        footerHeading = Exit.EXAMPLES,
        footer = {
            "  ./dreambooth checkpoint \"$RUN\" --out my-model",
            "  ./dreambooth checkpoint \"$RUN\" --out my-model.safetensors --format ldm --precision fp16"
        })
public final class CheckpointCommand implements Callable<Integer> {
    @Parameters(paramLabel = "RUN", description = "run id, as submit prints it")
    String run = "";

    @Option(names = "--step", paramLabel = "N", description = "checkpoint of that step (the newest)")
    Optional<Long> step = Optional.empty();

    @Option(names = "--recommended", description = "the one that the judge thinks best, of a run that is ready")
    boolean recommended;

    @Option(names = "--out", paramLabel = "PATH", required = true, description = "new folder or, for ldm, new file")
    Path out = Path.of("");

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            description = "diffusers (a folder) or ldm (one file; diffusers)")
    String format = CheckpointFormat.DIFFUSERS;

    @Option(
            names = "--precision",
            paramLabel = "P",
            description = "fp32, fp16 or bf16 (as the service stores it; for ldm fp32)")
    Optional<String> precision = Optional.empty();

    @Mixin
    LoraOptions lora = new LoraOptions();

    @ArgGroup(validate = false, heading = Exit.SERVICE)
    SettingsOptions service = new SettingsOptions();

    @Spec
    CommandSpec spec = CommandSpec.create();

    private final Outside outside;

    public CheckpointCommand() {
        this(Outside.ofThisProcess());
    }

    CheckpointCommand(Outside outside) {
        this.outside = outside;
    }

    @Override
    public Integer call() {
        String id = NamedRuns.runId(run);
        CheckpointFormat wanted = CheckpointFormat.of(format, precision, lora.wanted());
        wanted.refuseExisting(out);
        PrintWriter lines = spec.commandLine().getOut();
        try (Remote remote = outside.reach(service)) {
            List<RunEvent> events =
                    NamedRuns.history(remote, id, Set.of(RunEvent.FactCase.ACCEPTED, RunEvent.FactCase.READY));
            Optional<Long> chosen = recommended ? Optional.of(recommendation(events)) : step;
            OptionalLong atStep = chosen.map(OptionalLong::of).orElseGet(OptionalLong::empty);
            CheckpointReady ready = Announced.find(remote, id, atStep)
                    .orElseThrow(() -> new UsageException("Cannot download a checkpoint of run " + id + ": "
                            + chosen.map(number -> "none of step " + number + " was published")
                                    .orElse("none was published")
                            + " yet. See ./dreambooth watch " + id));
            wanted.bring(out, id, trigger(events), outside.clock().instant(), folder -> remote.download(ready, folder));
            lines.println("step " + ready.getStep() + ", weights " + ready.getWeightsSha256() + ", in " + out);
            lines.flush();
            return Exit.DONE;
        }
    }

    /** What gives the subject; empty where the run's history does not tell. */
    private static String trigger(List<RunEvent> events) {
        return NamedRuns.first(events, RunEvent.FactCase.ACCEPTED)
                .map(event -> event.getAccepted().getSpec().getInstancePrompt())
                .orElse("");
    }

    private long recommendation(List<RunEvent> events) {
        if (step.isPresent()) {
            throw new UsageException(
                    "Cannot download both --step " + step.get() + " and --recommended, expected one of them");
        }
        RunEvent ready = NamedRuns.first(events, RunEvent.FactCase.READY)
                .orElseThrow(() -> new UsageException("Cannot download the recommended checkpoint of run " + run
                        + ": it is not ready. See ./dreambooth watch " + run));
        long best = ready.getReady().getRecommendedStep();
        if (best == 0) {
            throw new UsageException("Cannot download the recommended checkpoint of run " + run
                    + ": no judge recommended one. See ./dreambooth watch " + run);
        }
        return best;
    }
}
