package org.dreamboothactors.deploy.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.dreamboothactors.deploy.UsageException;
import org.dreamboothactors.protocol.v1.RunSpec;
import org.dreamboothactors.protocol.v1.StoredObject;
import org.dreamboothactors.storage.Sha256;

/**
 * The folder that model.data.regularization_dir names: the class images of the run are stored there.
 *
 * <p>Images that it holds already can be kept only when they are of an earlier run with the same class images, as a
 * list beside them says: the service draws class images itself and takes none from outside.
 */
public final class ClassImageFolder {
    private static final String LIST = ".class-images";
    private static final String SUFFIX = ".png";

    private final Path folder;
    private final int wanted;
    private final String recipe;

    private ClassImageFolder(Path folder, int wanted, String recipe) {
        this.folder = folder;
        this.wanted = wanted;
        this.recipe = recipe;
    }

    /** Refuses a folder whose images the run would have to use and cannot. */
    public static ClassImageFolder of(Path folder, RunSpec spec) {
        ClassImageFolder images = new ClassImageFolder(folder, spec.getPrior().getNumClassImages(), recipe(spec));
        int foreign = images.foreign();
        if (foreign > 0) {
            throw new UsageException("Cannot use model.data.regularization_dir: " + folder + " holds " + foreign
                    + " files that are not of an earlier run with the same class images, expected none."
                    + " Class images of your own are not supported yet; name an empty folder");
        }
        return images;
    }

    /** Stores the run's class images, given in order; returns how many there are. */
    public int store(List<StoredObject> images, Function<StoredObject, byte[]> fetch) {
        int count = wanted == 0 ? images.size() : Math.min(wanted, images.size());
        try {
            Files.createDirectories(folder);
            List<String> list = new ArrayList<>(List.of(recipe));
            for (int i = 0; i < count; i++) {
                Path file = folder.resolve("class-" + i + SUFFIX);
                if (!Files.exists(file) || !Sha256.of(file).equals(images.get(i).getSha256())) {
                    Files.write(file, fetch.apply(images.get(i)));
                }
                list.add(images.get(i).getSha256());
            }
            known().stream().filter(digest -> !list.contains(digest)).forEach(list::add);
            Files.write(folder.resolve(LIST), list);
            return count;
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot store class images in " + folder + ": " + e.getMessage(), e);
        }
    }

    /** How many files are neither hidden nor known to be images that this run would draw too. */
    private int foreign() {
        if (!Files.exists(folder)) {
            return 0;
        }
        Set<String> known = known();
        try (Stream<Path> files = Files.list(folder)) {
            return Math.toIntExact(files.filter(Files::isRegularFile)
                    .filter(file -> !String.valueOf(file.getFileName()).startsWith("."))
                    .filter(file -> !known.contains(Sha256.of(file)))
                    .count());
        } catch (IOException e) {
            throw new UsageException("Cannot read model.data.regularization_dir: " + folder + ", " + e, e);
        }
    }

    private Set<String> known() {
        Path list = folder.resolve(LIST);
        try {
            List<String> lines = Files.exists(list) ? Files.readAllLines(list) : List.of("");
            return lines.getFirst().equals(recipe) ? new HashSet<>(lines) : Set.of();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + list + ": " + e, e);
        }
    }

    /** Everything that a person can change about class images, as one line. */
    private static String recipe(RunSpec spec) {
        String content = String.join(
                "\n",
                spec.getBaseModel(),
                spec.getClassPrompt(),
                Integer.toString(spec.getResolution()),
                Sha256.of(spec.getPrior().getSampling().toByteArray()));
        return "recipe " + Sha256.of(content.getBytes(StandardCharsets.UTF_8));
    }
}
