package org.dreamboothactors.deploy.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.dreamboothactors.deploy.UsageException;
import org.dreamboothactors.diffusion.weights.pickle.LatentFile;
import org.dreamboothactors.protocol.v1.StoredObject;

/**
 * Cached latents on this machine, in the files of NeMo's DreamBooth ({@code dreambooth_dataset.py}): moments of picture i
 * in {@code <stem><i>.pt}, in a folder named after that of the pictures.
 *
 * @param pictures folder of the pictures
 * @param stem what file names begin with
 */
public record LatentFolder(Path pictures, String stem) {
    private static final String SUFFIX = ".pt";
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,18}");

    /** Of the subject's photos. */
    public static LatentFolder ofPhotos(Path pictures) {
        return new LatentFolder(pictures, "instance_image_cache_");
    }

    /** Of class images. */
    public static LatentFolder ofClassImages(Path pictures) {
        return new LatentFolder(pictures, "reg_image_cache_");
    }

    /** Where new ones are put: beside the pictures. */
    public Path beside() {
        return pictures.resolveSibling(pictures.toAbsolutePath().normalize().getFileName() + "_cached");
    }

    /** Every {@code .pt} file of a folder, numbers in names counted; refuses files that hold no moments. */
    static List<Path> in(Path folder) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try {
            List<Path> files = VisibleFiles.in(folder).stream()
                    .filter(file -> name(file).endsWith(SUFFIX))
                    .sorted(Comparator.comparing(LatentFolder::counted))
                    .toList();
            files.forEach(LatentFolder::judge);
            return files;
        } catch (IOException e) {
            throw new UsageException("Cannot read latents: " + folder + " cannot be read. " + e, e);
        }
    }

    private static void judge(Path file) {
        try {
            LatentFile.read(file);
        } catch (IllegalArgumentException | UnsupportedOperationException | UncheckedIOException e) {
            throw new UsageException(e.getMessage() + ". Remove the folder to have latents computed", e);
        }
    }

    /**
     * Writes the latents of all pictures; files of more pictures than there are now are removed.
     *
     * @param moments in the order of the pictures
     */
    void store(List<StoredObject> moments, Function<StoredObject, byte[]> fetch) {
        Path folder = beside();
        try {
            Files.createDirectories(folder);
            for (int i = 0; i < moments.size(); i++) {
                Path fetched =
                        Files.write(folder.resolve("." + stem + i + ".safetensors"), fetch.apply(moments.get(i)));
                LatentFile.readSafetensors(fetched).write(folder.resolve(stem + i + SUFFIX));
                Files.delete(fetched);
            }
            try (Stream<Path> files = Files.list(folder)) {
                for (Path file : files.filter(file -> isLeftOver(name(file), moments.size()))
                        .toList()) {
                    Files.delete(file);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot store latents in " + folder + ": " + e.getMessage(), e);
        }
    }

    private boolean isLeftOver(String name, int count) {
        if (!name.startsWith(stem) || !name.endsWith(SUFFIX)) {
            return false;
        }
        String number = name.substring(stem.length(), name.length() - SUFFIX.length());
        return NUMBER.matcher(number).matches() && Long.parseLong(number) >= count;
    }

    /** How many pictures a folder holds; none where there is no folder. */
    static int pictures(Optional<Path> folder) {
        if (folder.isEmpty() || !Files.isDirectory(folder.get())) {
            return 0;
        }
        try {
            return VisibleFiles.in(folder.get()).size();
        } catch (IOException e) {
            throw new UsageException("Cannot read " + folder.get() + ": " + e, e);
        }
    }

    /** With numbers of one width, so that 10 comes after 9. */
    private static String counted(Path file) {
        return NUMBER.matcher(name(file))
                .replaceAll(digits -> "0".repeat(18 - digits.group().length()) + digits.group());
    }

    private static String name(Path file) {
        return String.valueOf(file.getFileName());
    }
}
