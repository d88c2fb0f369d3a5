package org.dreamboothactors.actors.encoder;

import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.dreamboothactors.actors.work.Scratch;
import org.dreamboothactors.actors.work.SharedObjects;
import org.dreamboothactors.actors.work.SharedObjects.DamagedObject;
import org.dreamboothactors.diffusion.models.VaeConfig;
import org.dreamboothactors.diffusion.weights.pickle.LatentFile;
import org.dreamboothactors.protocol.Wire;
import org.dreamboothactors.protocol.v1.CachedLatent;
import org.dreamboothactors.protocol.v1.LatentRequest;
import org.dreamboothactors.protocol.v1.StoredObject;
import org.dreamboothactors.storage.ArtifactStore;
import org.dreamboothactors.storage.Stored;

/**
 * Latents that a client brought as {@code .pt} files. They are read as data, never run; what holds the moments of a
 * picture in the run's resolution, all finite, is taken over as if it had been encoded here.
 *
 * @param expected moments of the base model's VAE at the run's resolution
 */
record GivenLatents(ArtifactStore store, Scratch scratch, Shape expected) {
    static GivenLatents of(ArtifactStore store, Scratch scratch, LatentRequest request, Path model) {
        VaeConfig vae = VaeConfig.read(model.resolve("vae"));
        long side = request.getResolution() / vae.pixelsPerLatent();
        return new GivenLatents(store, scratch, new Shape(2L * vae.latentChannels(), side, side));
    }

    /** Throws {@link IllegalArgumentException}, naming the first file that cannot be used. */
    List<CachedLatent> taken(LatentRequest request) {
        List<CachedLatent> latents = new ArrayList<>();
        for (StoredObject file : request.getGivenList()) {
            String which = "given latents " + (latents.size() + 1) + " of " + request.getGivenCount();
            latents.add(CachedLatent.newBuilder()
                    .setImageSha256(file.getSha256())
                    .setMoments(Wire.message(taken(request.getScope(), file, which)))
                    .build());
        }
        return latents;
    }

    static String objectKey(String scope, StoredObject file) {
        return "latents/" + scope + "/given-" + file.getSha256() + ".safetensors";
    }

    private Stored taken(String scope, StoredObject file, String which) {
        String key = objectKey(scope, file);
        Optional<Stored> there = store.stat(key);
        Path moments = scratch.file(file.getSha256() + ".safetensors");
        if (there.isPresent() && isFetched(there.get(), moments)) {
            check(LatentFile.readSafetensors(moments), which);
            return there.get();
        }
        Path pt = scratch.file(file.getSha256() + ".pt");
        new SharedObjects(store).fetchGiven(Wire.stored(file), pt);
        LatentFile latent = judged(pt, which);
        latent.writeSafetensors(moments);
        try {
            var _ = store.createOnce(key, Files.readAllBytes(moments));
            return store.stat(key).orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read the moments in " + moments + ": " + e.getMessage(), e);
        }
    }

    private boolean isFetched(Stored there, Path moments) {
        try {
            new SharedObjects(store).fetch(there, moments);
            return true;
        } catch (DamagedObject e) {
            return false; // forgotten, and taken from the client's file once more
        }
    }

    private LatentFile judged(Path pt, String which) {
        try {
            LatentFile latent = LatentFile.read(pt);
            check(latent, which);
            return latent;
        } catch (UncheckedIOException e) {
            throw new IllegalArgumentException("Cannot use " + which + ": " + e.getMessage(), e);
        }
    }

    private void check(LatentFile latent, String which) {
        if (!latent.shape().equals(expected)) {
            throw new IllegalArgumentException("Cannot use " + which + ": they are " + latent.shape() + ", expected "
                    + expected + " for the base model and the resolution. Cache them again");
        }
    }
}
