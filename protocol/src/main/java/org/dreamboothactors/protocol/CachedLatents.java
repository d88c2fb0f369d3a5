package org.dreamboothactors.protocol;

import java.nio.file.Path;
import java.util.List;

/**
 * Latents that were computed before, as NeMo's DreamBooth caches them: {@code .pt} files of VAE moments
 * (8, resolution / 8, resolution / 8), used in place of pictures. The service judges what they hold.
 *
 * @param photos in the order of the photos, as many; empty: photos are encoded
 * @param classes in place of class images; empty: class images are made
 */
public record CachedLatents(List<Path> photos, List<Path> classes) {
    public CachedLatents {
        photos = List.copyOf(photos);
        classes = List.copyOf(classes);
    }

    /** Everything is encoded by the service. */
    public static CachedLatents none() {
        return new CachedLatents(List.of(), List.of());
    }
}
