package org.dreamboothactors.protocol;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.dreamboothactors.protocol.v1.StoredObject;
import org.dreamboothactors.protocol.v1.UploadedPhoto;
import org.dreamboothactors.storage.ArtifactStore;

/** Brings photos to the store under keys made of their content; a file's name is only shown, so any name will do. */
final class Uploads {
    static final int LARGEST_PHOTO_BYTES = 64 << 20;
    private static final long LARGEST_LORA_BYTES = 2L << 30;

    private Uploads() {}

    /** Refuses what need not be sent to know that it cannot work. */
    static void check(List<Path> photos) {
        if (photos.isEmpty() || photos.size() > UploadLimits.PHOTOS) {
            throw new IllegalArgumentException("Cannot upload " + photos.size() + " photos: expected 1 to "
                    + UploadLimits.PHOTOS + " files. Three to five good ones are what a run wants");
        }
        photos.forEach(Uploads::checkFile);
    }

    /** The same of class images. */
    static void checkClass(List<Path> classPhotos) {
        if (classPhotos.size() > UploadLimits.CLASS_PHOTOS) {
            throw new IllegalArgumentException("Cannot upload " + classPhotos.size()
                    + " class images: expected at most " + UploadLimits.CLASS_PHOTOS);
        }
        classPhotos.forEach(Uploads::checkFile);
    }

    /** The same of latents. */
    static void check(CachedLatents latents, int photos) {
        if (!latents.photos().isEmpty() && latents.photos().size() != photos) {
            throw new IllegalArgumentException("Cannot upload latents of "
                    + latents.photos().size() + " photos with " + photos + " photos: expected one for each or none");
        }
        if (latents.classes().size() > UploadLimits.CLASS_LATENTS) {
            throw new IllegalArgumentException("Cannot upload latents of "
                    + latents.classes().size() + " class images: expected at most " + UploadLimits.CLASS_LATENTS);
        }
        latents.photos().forEach(Uploads::checkFile);
        latents.classes().forEach(Uploads::checkFile);
    }

    private static void checkFile(Path file) {
        if (!Files.exists(file)) {
            throw new IllegalArgumentException("Cannot upload " + file + ": there is no such file");
        }
        if (!Files.isRegularFile(file)) {
            throw new IllegalArgumentException("Cannot upload " + file + ": it is no file, expected one");
        }
        checkSize(file, size(file));
    }

    /** Stores each photo once; the result is in the order of the files. */
    static List<UploadedPhoto> store(ArtifactStore store, String tenant, List<Path> photos) {
        List<UploadedPhoto> uploaded = new ArrayList<>();
        for (Path photo : photos) {
            // Hashed and sent from memory: a file that changes meanwhile cannot end up under another content's key.
            uploaded.add(UploadedPhoto.newBuilder()
                    .setName(String.valueOf(photo.getFileName()))
                    .setObject(Wire.message(store.putBlob("uploads/" + tenant + "/", content(photo))))
                    .build());
        }
        return uploaded;
    }

    /** Stores each file of latents once; the result is in the order of the files. */
    static List<StoredObject> storeLatents(ArtifactStore store, String tenant, List<Path> files) {
        return files.stream()
                .map(file -> Wire.message(store.putBlob("uploads/" + tenant + "/", content(file))))
                .toList();
    }

    static StoredObject storeLora(ArtifactStore store, Path file) {
        if (!Files.isRegularFile(file)) {
            throw new IllegalArgumentException("Cannot upload " + file + ": it is no file, expected a LoRA");
        }
        if (size(file) > LARGEST_LORA_BYTES) {
            throw new IllegalArgumentException("Cannot upload " + file + ": it is " + size(file)
                    + " bytes, expected a LoRA of at most " + LARGEST_LORA_BYTES);
        }
        return Wire.message(store.putBlob("loras/", file));
    }

    private static byte[] content(Path photo) {
        try (InputStream in = Files.newInputStream(photo)) {
            byte[] content = in.readNBytes(LARGEST_PHOTO_BYTES + 1);
            checkSize(photo, content.length);
            return content;
        } catch (IOException e) {
            throw unreadable(photo, e);
        }
    }

    private static long size(Path photo) {
        try {
            return Files.size(photo);
        } catch (IOException e) {
            throw unreadable(photo, e);
        }
    }

    private static void checkSize(Path photo, long sizeBytes) {
        if (sizeBytes > LARGEST_PHOTO_BYTES) {
            throw new IllegalArgumentException("Cannot upload " + photo + ": it is larger than "
                    + (LARGEST_PHOTO_BYTES >> 20) + " MiB, the limit. Export it smaller");
        }
    }

    private static UncheckedIOException unreadable(Path photo, IOException error) {
        return new UncheckedIOException("Cannot upload " + photo + ": it cannot be read (" + error + ")", error);
    }
}
