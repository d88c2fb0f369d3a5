package org.dreamboothactors.actors.trainer;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.dreamboothactors.diffusion.TrainingData;
import org.dreamboothactors.protocol.Wire;
import org.dreamboothactors.protocol.v1.CachedLatent;
import org.dreamboothactors.protocol.v1.TrainRequest;
import org.dreamboothactors.storage.ArtifactStore;

/** Brings a run's latents to this machine, checked. */
record Latents(ArtifactStore store) {

    TrainingData fetch(TrainRequest request, Path folder) {
        return new TrainingData(
                fetch(request.getInstanceLatentsList(), folder.resolve("instance")),
                fetch(request.getClassLatentsList(), folder.resolve("class")));
    }

    /** Files are named after their images, as a sample that spoils a step is reported by its file. */
    private List<Path> fetch(List<CachedLatent> latents, Path folder) {
        List<Path> files = new ArrayList<>();
        for (CachedLatent latent : latents) {
            Path file = folder.resolve(files.size() + "-" + latent.getImageSha256() + ".safetensors");
            store.fetch(Wire.stored(latent.getMoments()), file);
            files.add(file);
        }
        return files;
    }
}
