package org.dreamboothactors.actors.work;

import java.nio.file.Path;
import java.util.Optional;
import org.dreamboothactors.storage.ArtifactStore;
import org.dreamboothactors.storage.CorruptObjectException;
import org.dreamboothactors.storage.MissingObjectException;
import org.dreamboothactors.storage.StorageException;
import org.dreamboothactors.storage.Stored;

/**
 * Latents and class images, which many runs share by content and nobody makes twice. So one that was damaged or deleted
 * in the store has to be forgotten, or all later runs would fail by it too. What a client brought is nobody's to forget.
 */
public record SharedObjects(ArtifactStore store) {
    private static final String CLASS_IMAGES = "class-images/";
    /** Says of a group's images that all of them are there. */
    public static final String GROUP_LIST = "group.json";

    /**
     * Brings one to a file.
     *
     * @throws DamagedObject when the store has none of these bytes; whoever wants it next makes it anew
     */
    public void fetch(Stored object, Path target) {
        try {
            store.fetch(object, target);
        } catch (StorageException e) {
            Optional<Stored> there = insteadOf(object, e);
            boolean another = there.map(Stored::sha256)
                    .filter(sha256 -> !sha256.isEmpty() && !sha256.equals(object.sha256()))
                    .isPresent();
            if (!another) { // what was made anew meanwhile is well, and may have other bits
                forget(object.key());
            }
            String what = there.isEmpty() ? " is missing" : another ? " is another" : " was damaged";
            throw new DamagedObject(
                    object.key() + what
                            + " in the store. Ask for the run again: it takes what is there, or makes it anew",
                    e);
        }
    }

    /**
     * Brings what nobody makes anew.
     *
     * @throws DamagedObject when the store has none of these bytes: trying again is in vain
     */
    public void fetchGiven(Stored object, Path target) {
        try {
            store.fetch(object, target);
        } catch (StorageException e) {
            String what = insteadOf(object, e).isPresent()
                    ? " has another content than it was announced with"
                    : " is missing";
            throw new DamagedObject(object.key() + what + " in the store. Upload it again", e);
        }
    }

    /** What the store has of that name, where it answers and these bytes are gone; else throws what went wrong. */
    private Optional<Stored> insteadOf(Stored object, StorageException failure) {
        boolean isGone =
                failure instanceof MissingObjectException || failure.getCause() instanceof CorruptObjectException;
        if (!isGone) {
            throw failure; // the store is ill, or a proxy without it answers; the object may be well
        }
        return store.stat(object.key());
    }

    private void forget(String key) {
        if (key.startsWith(CLASS_IMAGES)) {
            store.remove(key.substring(0, key.lastIndexOf('/') + 1) + GROUP_LIST);
        }
        store.remove(key);
    }

    /** An object that was announced has other bytes, or none. */
    public static final class DamagedObject extends IllegalArgumentException {
        private static final long serialVersionUID = 1;

        private DamagedObject(String message, Throwable cause) {
            super(message, cause);
        }
    }
}
