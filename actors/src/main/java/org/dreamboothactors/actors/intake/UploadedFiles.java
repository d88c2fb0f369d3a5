package org.dreamboothactors.actors.intake;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.util.Locale;
import org.dreamboothactors.actors.intake.photo.PhotoLimits;
import org.dreamboothactors.actors.intake.photo.RefusedPhoto;
import org.dreamboothactors.protocol.UploadKeys;
import org.dreamboothactors.protocol.v1.PhotoVerdict;
import org.dreamboothactors.protocol.v1.StoredObject;
import org.dreamboothactors.storage.ArtifactStore;
import org.dreamboothactors.storage.Sha256;
import org.dreamboothactors.storage.Stored;

/** Brings uploaded objects to files. Key, size and digest are what a client says, so none is believed. */
public record UploadedFiles(ArtifactStore store) {
    private static final int PART_BYTES = 4 << 20;

    /**
     * Fetches a photo of a tenant.
     *
     * @throws org.dreamboothactors.storage.StorageException when the store cannot tell
     */
    void fetch(String tenant, StoredObject announced, Path target) throws RefusedPhoto {
        String key = announced.getKey();
        if (!UploadKeys.belongs(tenant, key)) {
            throw missing("its key is not one of the tenant's uploads, expected uploads/<tenant>/<name>");
        }
        Stored found = store.stat(key).orElseThrow(() -> missing("the store has no object " + key));
        if (found.sizeBytes() > PhotoLimits.LARGEST_FILE_BYTES) {
            throw new RefusedPhoto(
                    PhotoVerdict.TOO_LARGE,
                    "it has %.1f MiB, expected at most %d MiB"
                            .formatted(found.sizeBytes() / (double) (1 << 20), PhotoLimits.LARGEST_FILE_BYTES >> 20));
        }
        if (found.sizeBytes() != announced.getSizeBytes()) {
            throw missing("the object " + key + " has " + found.sizeBytes() + " bytes, announced were "
                    + announced.getSizeBytes() + ". Upload it again");
        }
        String digest = copy(found, target);
        if (!digest.equals(announced.getSha256().toLowerCase(Locale.ROOT))) {
            if (key.endsWith("blobs/" + announced.getSha256())) { // named after what it no longer holds
                store.remove(key);
            }
            throw missing("the object " + key + " has another SHA-256 than announced: " + digest + ". Upload it again");
        }
    }

    /** Reads no more than the size that was looked up, whatever is written there meanwhile. */
    private String copy(Stored found, Path target) {
        try (DigestOutputStream out = new DigestOutputStream(Files.newOutputStream(target), Sha256.digest())) {
            copy(found, out);
            return Sha256.hex(out.getMessageDigest().digest());
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write " + target + ": " + e.getMessage(), e);
        }
    }

    private void copy(Stored found, OutputStream out) throws IOException {
        long offset = 0;
        while (offset < found.sizeBytes()) {
            int length = (int) Math.min(PART_BYTES, found.sizeBytes() - offset);
            byte[] part = store.readRange(found.key(), offset, length);
            if (part.length == 0) {
                return; // it was replaced by a shorter one, and the digest will tell
            }
            out.write(part);
            offset += part.length;
        }
    }

    private static RefusedPhoto missing(String reason) {
        return new RefusedPhoto(PhotoVerdict.MISSING, reason);
    }
}
