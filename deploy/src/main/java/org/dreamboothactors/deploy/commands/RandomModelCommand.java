package org.dreamboothactors.deploy.commands;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.dreamboothactors.deploy.UsageException;
import org.dreamboothactors.diffusion.RandomModel;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Writes a model of a known shape with random weights. */
@Command(
        name = "random-model",
        mixinStandardHelpOptions = true,
        description = {
            "Writes a diffusers folder with random weights: to measure memory and time, not to draw with.",
            "The folder can be given to --base-model."
        },
        footerHeading = "%nExample:%n",
        footer = "  ./dreambooth random-model --shape SD15 --tokenizer some-model/tokenizer --out random-sd15")
public final class RandomModelCommand implements Callable<Integer> {
    @Option(
            names = "--shape",
            defaultValue = "SD15",
            description =
                    "SD15 (859.5 million parameters in the UNet, 2 GB on disk), SD21 (865.9 million, 2.6 GB) or TINY; default SD15")
    RandomModel.Size shape = RandomModel.Size.SD15;

    @Option(
            names = "--tokenizer",
            required = true,
            paramLabel = "DIR",
            description = "folder with CLIP's vocab.json, merges.txt and tokenizer_config.json, which is copied")
    Path tokenizer = Path.of("");

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "new folder to write")
    Path out = Path.of("");

    @Spec
    CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        if (!Files.exists(tokenizer.resolve("vocab.json"))) {
            throw new UsageException("Cannot write a model: " + tokenizer
                    + " has no vocab.json, expected the tokenizer folder of a diffusers model");
        }
        if (Files.exists(out)) {
            throw new UsageException("Cannot write a model to " + out + ": it exists, expected a new folder");
        }
        RandomModel.write(out, shape, tokenizer);
        spec.commandLine().getOut().println(out.toAbsolutePath());
        spec.commandLine().getOut().flush();
        return 0;
    }
}
