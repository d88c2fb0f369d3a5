package org.dreamboothactors.deploy.commands;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.dreamboothactors.deploy.UsageException;
import org.dreamboothactors.diffusion.lora.AddedLora;
import picocli.CommandLine.Option;

/** Adapters to add to a checkpoint. */
final class LoraOptions {
    @Option(
            names = "--lora",
            paramLabel = "FILE",
            description = "LoRA (.safetensors, diffusers' or kohya's names) to add to the weights (none)")
    Optional<Path> file = Optional.empty();

    @Option(
            names = "--lora-weight",
            paramLabel = "W",
            description = "multiplies what the LoRA changes, -100 to 100 (1: as it was trained)")
    Optional<Double> weight = Optional.empty();

    /** What is to be added; a wrong file or number is wrong use. */
    Optional<AddedLora> wanted() {
        if (file.isEmpty() && weight.isPresent()) {
            throw new UsageException(
                    "Cannot use --lora-weight " + weight.get() + " without a LoRA, expected --lora FILE");
        }
        file.filter(path -> !Files.isRegularFile(path)).ifPresent(path -> {
            throw new UsageException("Cannot read LoRA " + path + ": there is no such file");
        });
        try {
            return file.map(path -> new AddedLora(path, weight.orElse(1.0)));
        } catch (IllegalArgumentException e) {
            throw new UsageException(String.valueOf(e.getMessage()), e);
        }
    }
}
