package org.dreamboothactors.deploy.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.dreamboothactors.deploy.UsageException;
import org.dreamboothactors.protocol.v1.RunSpec;
import org.dreamboothactors.protocol.v1.StoredObject;
import org.dreamboothactors.storage.Sha256;

/**
 * The folder that model.data.regularization_dir names: class images of the user's own are taken from there, and those that
 * the service draws are stored there, with a list beside them that tells one from the other.
 */
public final class ClassImageFolder {
    private static final String LIST = ".class-images";
    private static final String SUFFIX = ".png";

    private final Path folder;
    private final String recipe;
    private final List<Path> own;

    private ClassImageFolder(Path folder, String recipe, List<Path> own) {
        this.folder = folder;
        this.recipe = recipe;
        this.own = List.copyOf(own);
    }

    /** Refuses a folder with images that a service drew for other runs: they would be taken for what they are not. */
    public static ClassImageFolder of(Path folder, RunDescription run) {
        String recipe = recipe(run);
        List<String> list = list(folder);
        List<Path> own = new ArrayList<>();
        int others = 0;
        for (Path file : files(folder)) {
            boolean drawn = list.contains(Sha256.of(file));
            if (!drawn) {
                own.add(file);
            } else if (!list.getFirst().equals(recipe)) {
                others++;
            }
        }
        if (others > 0) {
            throw new UsageException("Cannot use model.data.regularization_dir: " + folder + " holds " + others
                    + " class images that were drawn for an earlier run by another model, prompt, size or sampler,"
                    + " expected none. Name another folder, or remove them and " + folder.resolve(LIST));
        }
        return new ClassImageFolder(folder, recipe, own);
    }

    /** Class images of the user's own, by name. */
    public List<Path> own() {
        return own;
    }

    /** Stores the class images that were drawn, in order. */
    public void store(List<StoredObject> images, Function<StoredObject, byte[]> fetch) {
        try {
            Files.createDirectories(folder);
            Set<String> list = new LinkedHashSet<>(List.of(recipe));
            images.forEach(image -> list.add(image.getSha256()));
            list.addAll(list(folder));
            // Before the pictures: who is interrupted must not find drawn ones without it and take them for the user's
            // own.
            write(folder.resolve(LIST), (String.join("\n", list) + "\n").getBytes(StandardCharsets.UTF_8));
            int number = 0;
            for (StoredObject image : images) {
                while (own.contains(file(number))) {
                    number++;
                }
                Path file = file(number++);
                if (!Files.exists(file) || !Sha256.of(file).equals(image.getSha256())) {
                    write(file, fetch.apply(image));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot store class images in " + folder + ": " + e.getMessage(), e);
        }
    }

    /** As a whole or not at all: by half a list drawn pictures are the user's own, and so is half a picture. */
    private static void write(Path file, byte[] content) throws IOException {
        // Hidden, so that one which a killed process leaves is no picture; with a name that no other process uses.
        Path draft = file.resolveSibling("." + file.getFileName() + "." + UUID.randomUUID() + ".new");
        try {
            Files.write(draft, content, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(draft);
        }
    }

    private Path file(int number) {
        return folder.resolve("class-" + number + SUFFIX);
    }

    private static List<Path> files(Path folder) {
        if (!Files.exists(folder)) {
            return List.of();
        }
        try {
            return VisibleFiles.in(folder);
        } catch (IOException e) {
            throw new UsageException("Cannot read model.data.regularization_dir: " + folder + ", " + e, e);
        }
    }

    /** The recipe of what was drawn last, then the digests of what was drawn. */
    private static List<String> list(Path folder) {
        Path list = folder.resolve(LIST);
        try {
            List<String> lines = Files.exists(list) ? Files.readAllLines(list) : List.of();
            return lines.isEmpty() ? List.of("") : lines;
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + list + ": " + e, e);
        }
    }

    /** Everything that a person can change about class images, as one line. */
    private static String recipe(RunDescription run) {
        RunSpec spec = run.spec();
        String content = String.join(
                "\n",
                run.baseModel().map(Path::toString).orElse(spec.getBaseModel()),
                spec.getClassPrompt(),
                Integer.toString(spec.getResolution()),
                Sha256.of(spec.getPrior().getSampling().toBuilder()
                        .clearBatchSize() // which changes no more than last digits
                        .build()
                        .toByteArray()));
        return "recipe " + Sha256.of(content.getBytes(StandardCharsets.UTF_8));
    }
}
