package org.dreamboothactors.protocol;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.dreamboothactors.protocol.v1.CheckpointReady;
import org.dreamboothactors.protocol.v1.StoredObject;
import org.dreamboothactors.storage.ArtifactStore;

/** Brings a checkpoint's folder from the store to this machine. */
final class Downloads {
    /** A path of plain names: nothing in it leads out of the folder, on any system. */
    private static final Pattern PLAIN =
            Pattern.compile("(?:[A-Za-z0-9_][A-Za-z0-9._-]{0,199}/){0,8}" + "[A-Za-z0-9_][A-Za-z0-9._-]{0,199}");

    private Downloads() {}

    /** Fetches into a folder beside {@code folder} and renames it when every file is there and right. */
    static void bring(ArtifactStore store, CheckpointReady checkpoint, Path folder) {
        Map<String, StoredObject> files = files(store, checkpoint);
        Path target = folder.toAbsolutePath().normalize();
        Path part = target.resolveSibling(target.getFileName() + "." + UUID.randomUUID() + ".part");
        try {
            refuseFull(target);
            Files.createDirectories(part);
            files.forEach((name, file) -> store.fetch(Wire.stored(file), part.resolve(name)));
            Files.deleteIfExists(target);
            Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot download to " + target + ": " + e, e);
        } finally {
            remove(part);
        }
    }

    /** What to fetch, by path in the folder. */
    private static Map<String, StoredObject> files(ArtifactStore store, CheckpointReady checkpoint) {
        if (!checkpoint.getBucket().equals(store.bucket())) {
            throw refused(checkpoint, "it lies in bucket " + checkpoint.getBucket() + ", expected " + store.bucket());
        }
        Map<String, StoredObject> files = new LinkedHashMap<>();
        for (StoredObject file : checkpoint.getFilesList()) {
            String key = file.getKey();
            String name = key.startsWith(checkpoint.getPrefix())
                    ? key.substring(checkpoint.getPrefix().length())
                    : key;
            if (name.length() == key.length() || !PLAIN.matcher(name).matches()) {
                throw refused(checkpoint, "key " + key + ", expected plain names under " + checkpoint.getPrefix());
            }
            if (files.put(name, file) != null) {
                throw refused(checkpoint, "key " + key + " is there twice");
            }
        }
        if (files.isEmpty()) {
            throw refused(checkpoint, "it names no files");
        }
        return files;
    }

    private static IllegalArgumentException refused(CheckpointReady checkpoint, String why) {
        return new IllegalArgumentException("Cannot download the checkpoint of run " + checkpoint.getRunId() + ", step "
                + checkpoint.getStep() + ": " + why);
    }

    private static void refuseFull(Path target) throws IOException {
        if (!Files.exists(target)) {
            return;
        }
        try (Stream<Path> content = Files.list(target)) {
            if (content.findAny().isPresent()) {
                throw new IllegalArgumentException("Cannot download to " + target
                        + ": there are files in it, expected a new or empty folder. Name another");
            }
        }
    }

    private static void remove(Path part) {
        if (!Files.exists(part)) {
            return;
        }
        try (Stream<Path> content = Files.walk(part)) {
            for (Path path : content.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot remove " + part + ": " + e + ". Delete it by hand", e);
        }
    }
}
