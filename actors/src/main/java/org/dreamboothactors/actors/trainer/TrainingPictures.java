package org.dreamboothactors.actors.trainer;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.dreamboothactors.actors.work.SharedObjects;
import org.dreamboothactors.actors.work.SharedObjects.DamagedObject;
import org.dreamboothactors.diffusion.TrainingData;
import org.dreamboothactors.diffusion.TrainingData.Picture;
import org.dreamboothactors.protocol.Wire;
import org.dreamboothactors.protocol.v1.CachedLatent;
import org.dreamboothactors.protocol.v1.StoredObject;
import org.dreamboothactors.protocol.v1.TrainRequest;
import org.dreamboothactors.storage.ArtifactStore;

/** Brings what a run trains on to this machine, checked: latents, and photos where they are encoded online. */
record TrainingPictures(ArtifactStore store) {

    TrainingData fetch(TrainRequest request, Path folder) {
        int resolution = request.getSpec().getResolution();
        Path instances = folder.resolve("instance");
        return new TrainingData(
                request.getSpec().getEncodeOnline()
                        ? photos(request.getImagesList(), resolution, instances)
                        : latents(request.getInstanceLatentsList(), instances),
                Stream.concat(
                                photos(request.getClassImagesList(), resolution, folder.resolve("own")).stream(),
                                latents(request.getClassLatentsList(), folder.resolve("class")).stream())
                        .toList());
    }

    /** Files are named after their images, as a sample that spoils a step is reported by its file. */
    private List<Picture> latents(List<CachedLatent> latents, Path folder) {
        List<Picture> files = new ArrayList<>();
        for (CachedLatent latent : latents) {
            Path file = folder.resolve(files.size() + "-" + latent.getImageSha256() + ".safetensors");
            fetch(latent.getMoments(), file);
            files.add(new TrainingData.Latent(file));
        }
        return files;
    }

    private void fetch(StoredObject object, Path file) {
        try {
            new SharedObjects(store).fetch(Wire.stored(object), file);
        } catch (DamagedObject e) {
            throw new InvalidRun(e);
        }
    }

    private List<Picture> photos(List<StoredObject> photos, int resolution, Path folder) {
        List<Picture> files = new ArrayList<>();
        for (StoredObject photo : photos) {
            Path file = folder.resolve(files.size() + "-" + photo.getSha256() + ".png");
            fetch(photo, file);
            files.add(new TrainingData.Photo(file, resolution));
        }
        return files;
    }
}
