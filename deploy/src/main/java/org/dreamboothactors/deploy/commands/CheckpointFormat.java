package org.dreamboothactors.deploy.commands;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.dreamboothactors.deploy.UsageException;
import org.dreamboothactors.diffusion.CheckpointExport;
import org.dreamboothactors.diffusion.lora.AddedLora;
import org.dreamboothactors.diffusion.weights.DraftFolder;
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
        boolean fits = !Files.exists(out) || (this instanceof Stored && isEmptyFolder(out));
        if (!fits) {
            throw new UsageException(
                    "Cannot write a checkpoint to " + out + ": it exists, expected a new one. Give another --out");
        }
    }

    private static boolean isEmptyFolder(Path path) {
        try (Stream<Path> content = Files.list(path)) {
            return content.findAny().isEmpty();
        } catch (IOException _) { // no folder, or one that nobody may look into
            return false;
        }
    }

    /**
     * Downloads and converts. What is made comes to {@code out} as a whole, or not at all.
     *
     * @param title of the model
     * @param trigger what a prompt says to get the subject; empty: not known
     * @param download fills a folder, whole or not at all
     */
    default void bring(Path out, String title, String trigger, Instant now, Consumer<Path> download) {
        try (DraftFolder draft = DraftFolder.beside(out)) {
            Path made = draft.path("made");
            make(made, draft, new ModelSpec(title, trigger, now), download);
            refuseExisting(out); // a download takes long enough for a file to come
            Path target = out.toAbsolutePath().normalize();
            Files.deleteIfExists(target); // an empty folder, or a link to one
            Files.move(made, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write a checkpoint to " + out + ": " + e.getMessage(), e);
        }
    }

    private void make(Path target, DraftFolder draft, ModelSpec spec, Consumer<Path> download) {
        switch (this) {
            case Stored _ -> download.accept(target);
            case WithLora(var lora, var last) ->
                last.make(
                        target,
                        draft,
                        spec,
                        merged -> through(
                                draft, "plain", download, plain -> CheckpointExport.withLora(plain, merged, lora)));
            case Folder(var precision) ->
                through(draft, "stored", download, stored -> CheckpointExport.diffusers(stored, target, precision));
            case OneFile(var precision) ->
                through(
                        draft,
                        "stored",
                        download,
                        stored -> CheckpointExport.singleFile(stored, target, precision, spec));
        }
    }

    private static void through(DraftFolder draft, String name, Consumer<Path> download, Consumer<Path> convert) {
        Path downloaded = draft.path(name);
        download.accept(downloaded);
        convert.accept(downloaded);
        draft.drop(downloaded);
    }
}
