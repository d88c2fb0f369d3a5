package org.dreamboothactors.deploy.commands;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.dreamboothactors.deploy.UsageException;
import org.dreamboothactors.diffusion.CheckpointExport;
import org.dreamboothactors.diffusion.lora.AddedLora;
import org.dreamboothactors.diffusion.weights.Precision;
import org.dreamboothactors.diffusion.weights.ldm.ModelSpec;

/** How a checkpoint is written here. */
sealed interface CheckpointFormat {
    String DIFFUSERS = "diffusers";
    String LDM = "ldm";

    /** The folder as the service stores it. */
    record Stored() implements CheckpointFormat {}

    /** A diffusers folder in a precision. */
    record Folder(Precision precision) implements CheckpointFormat {}

    /** With adapters added to the weights, and then written as {@code last} says. */
    record WithLora(AddedLora lora, CheckpointFormat last) implements CheckpointFormat {}

    /** One file in the original names. */
    record OneFile(Precision precision) implements CheckpointFormat {}

    static CheckpointFormat of(String format, Optional<String> precision, Optional<AddedLora> lora) {
        CheckpointFormat last = of(format, precision);
        return lora.<CheckpointFormat>map(added -> new WithLora(added, last)).orElse(last);
    }

    private static CheckpointFormat of(String format, Optional<String> precision) {
        Optional<Precision> wanted = precision.map(CheckpointFormat::precision);
        return switch (format) {
            case DIFFUSERS -> wanted.<CheckpointFormat>map(Folder::new).orElseGet(Stored::new);
            case LDM -> new OneFile(wanted.orElse(Precision.FP32));
            default ->
                throw new UsageException(
                        "Cannot write a checkpoint as " + format + ", expected " + DIFFUSERS + " or " + LDM);
        };
    }

    private static Precision precision(String name) {
        return Arrays.stream(Precision.values())
                .filter(precision -> precision.name().toLowerCase(Locale.ROOT).equals(name))
                .findFirst()
                .orElseThrow(() -> new UsageException(
                        "Cannot write a checkpoint in precision " + name + ", expected fp32, fp16 or bf16"));
    }

    /** Before anything is downloaded: what is there stays. */
    default void refuseExisting(Path out) {
        if (!(this instanceof Stored) && Files.exists(out)) {
            throw new UsageException(
                    "Cannot write a checkpoint to " + out + ": it exists, expected a new one. Give another --out");
        }
    }

    /**
     * Downloads and converts.
     *
     * @param title of the model
     * @param trigger what a prompt says to get the subject; empty: not known
     * @param download fills a folder
     */
    default void bring(Path out, String title, String trigger, Instant now, Consumer<Path> download) {
        Path stored = out.resolveSibling(out.getFileName() + ".download");
        switch (this) {
            case Stored _ -> download.accept(out);
            case WithLora(var lora, var last) -> {
                Path plain = out.resolveSibling(out.getFileName() + ".plain");
                Consumer<Path> merged =
                        target -> through(plain, download, () -> CheckpointExport.withLora(plain, target, lora));
                last.bring(out, title, trigger, now, merged);
            }
            case Folder(var precision) ->
                through(stored, download, () -> CheckpointExport.diffusers(stored, out, precision));
            case OneFile(var precision) ->
                through(
                        stored,
                        download,
                        () -> CheckpointExport.singleFile(stored, out, precision, new ModelSpec(title, trigger, now)));
        }
    }

    private static void through(Path stored, Consumer<Path> download, Runnable convert) {
        try {
            download.accept(stored);
            convert.run();
        } finally {
            delete(stored);
        }
    }

    private static void delete(Path folder) {
        try (Stream<Path> files = Files.exists(folder) ? Files.walk(folder) : Stream.empty()) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot delete " + folder + ": " + e.getMessage(), e);
        }
    }
}
