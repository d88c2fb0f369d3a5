package org.dreamboothactors.deploy.run;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.dreamboothactors.protocol.CachedLatents;
import org.dreamboothactors.protocol.v1.CachedLatent;
import org.dreamboothactors.protocol.v1.ClassImagesReady;
import org.dreamboothactors.protocol.v1.PhotoJudged;
import org.dreamboothactors.protocol.v1.PhotoVerdict;
import org.dreamboothactors.protocol.v1.RunAccepted;
import org.dreamboothactors.protocol.v1.RunEvent;
import org.dreamboothactors.protocol.v1.StoredObject;

/**
 * What a run takes from folders of this machine beside its photos, and what it leaves there.
 *
 * @param given latents that need not be computed
 * @param classImages holds the user's own, and gets those that are drawn
 * @param photoLatents to be filled
 * @param classLatents to be filled
 */
public record RunFolders(
        CachedLatents given,
        Optional<ClassImageFolder> classImages,
        Optional<LatentFolder> photoLatents,
        Optional<LatentFolder> classLatents) {

    /**
     * Latents of a folder are used where there is one for each picture; else new ones are computed and stored.
     *
     * @param photos how many there are
     * @param say tells what is not used, and why
     */
    public static RunFolders of(RunDescription run, int photos, Consumer<String> say) {
        Optional<Path> classFolder = run.classImages();
        if (run.cached().isEmpty()) {
            return new RunFolders(
                    CachedLatents.none(),
                    classFolder.map(folder -> ClassImageFolder.of(folder, run)),
                    Optional.empty(),
                    Optional.empty());
        }
        CachedFolders cached = run.cached().get();
        List<Path> photoLatents = used("model.data.cached_instance_dir", cached.photos(), photos, say);
        List<Path> classLatents = run.spec().hasPrior()
                ? used("model.data.cached_reg_dir", cached.classImages(), classImages(run, cached), say)
                : List.of();
        return new RunFolders(
                new CachedLatents(photoLatents, classLatents),
                classFolder
                        .filter(_ -> classLatents.isEmpty()) // else there is nothing to draw
                        .map(folder -> ClassImageFolder.of(folder, run)),
                run.photos().filter(_ -> photoLatents.isEmpty()).map(LatentFolder::ofPhotos),
                classFolder.filter(_ -> classLatents.isEmpty()).map(LatentFolder::ofClassImages));
    }

    /** As many as there are, or as many as shall be drawn where that is more. */
    private static int classImages(RunDescription run, CachedFolders cached) {
        int wanted = run.spec().getPrior().getNumClassImages();
        int there = LatentFolder.pictures(run.classImages());
        return wanted == 0 && there == 0
                ? cached.classImages()
                        .map(folder -> LatentFolder.in(folder).size())
                        .orElse(0)
                : Math.max(wanted, there);
    }

    private static List<Path> used(String key, Optional<Path> folder, int pictures, Consumer<String> say) {
        List<Path> files = folder.map(LatentFolder::in).orElse(List.of());
        if (folder.isPresent() && files.size() != pictures) {
            say.accept(key + ": " + folder.get() + " holds " + files.size() + " latents of " + pictures
                    + " pictures; they are computed anew and stored beside the pictures");
            return List.of();
        }
        return files;
    }

    /** Class images of the user's own. */
    public List<Path> ownClassImages() {
        return classImages.map(ClassImageFolder::own).orElse(List.of());
    }

    /** Whether the run will leave something here. */
    public boolean areToBeFilled() {
        return classImages.isPresent() || photoLatents.isPresent() || classLatents.isPresent();
    }

    /** Stores what a run's events name; tells what was stored, a sentence each. */
    public List<String> store(List<RunEvent> events, Function<StoredObject, byte[]> fetch) {
        List<String> stored = new ArrayList<>();
        Optional<RunAccepted> accepted = events.stream()
                .filter(RunEvent::hasAccepted)
                .map(RunEvent::getAccepted)
                .findFirst();
        List<StoredObject> own = accepted.map(RunAccepted::getClassImagesList).orElse(List.of());
        List<StoredObject> drawn = wanted(drawn(events), accepted);
        classImages.ifPresent(folder -> {
            folder.store(drawn, fetch);
            stored.add(drawn.size() + " class images stored");
        });
        Map<String, StoredObject> moments = moments(events);
        photoLatents
                .flatMap(folder -> store(folder, photos(events), moments, fetch))
                .ifPresent(stored::add);
        List<StoredObject> all = Stream.concat(own.stream(), drawn.stream()).toList();
        classLatents.flatMap(folder -> store(folder, all, moments, fetch)).ifPresent(stored::add);
        return stored;
    }

    private static Optional<String> store(
            LatentFolder folder,
            List<StoredObject> pictures,
            Map<String, StoredObject> moments,
            Function<StoredObject, byte[]> fetch) {
        List<StoredObject> encoded = pictures.stream()
                .map(picture -> moments.get(picture.getSha256()))
                .filter(Objects::nonNull) // drawn beyond the wanted number
                .toList();
        if (encoded.isEmpty()) { // the run ended before
            return Optional.empty();
        }
        folder.store(encoded, fetch);
        return Optional.of(encoded.size() + " latents stored in " + folder.beside());
    }

    /** Photos that are used, in the order of the upload. */
    private static List<StoredObject> photos(List<RunEvent> events) {
        return events.stream()
                .filter(RunEvent::hasPhotoJudged)
                .map(RunEvent::getPhotoJudged)
                .filter(photo -> photo.getVerdict() == PhotoVerdict.ACCEPTED && !photo.getOfClass())
                .sorted(Comparator.comparingInt(PhotoJudged::getIndex))
                .map(PhotoJudged::getImage)
                .toList();
    }

    /** The class images that a run's events name, in order. */
    private static List<StoredObject> drawn(List<RunEvent> events) {
        return events.stream()
                .filter(RunEvent::hasClassImagesReady)
                .map(RunEvent::getClassImagesReady)
                .sorted(Comparator.comparingInt(ClassImagesReady::getGroupIndex))
                .flatMap(ready -> ready.getImagesList().stream())
                .toList();
    }

    /** Without those that were drawn only because groups are drawn whole. */
    private static List<StoredObject> wanted(List<StoredObject> drawn, Optional<RunAccepted> accepted) {
        int wanted = accepted.map(run -> run.getSpec().getPrior().getNumClassImages() - run.getClassImagesCount())
                .orElse(drawn.size());
        return drawn.subList(0, Math.clamp(wanted, 0, drawn.size()));
    }

    /** By the digest of the picture that was encoded. */
    private static Map<String, StoredObject> moments(List<RunEvent> events) {
        Map<String, StoredObject> moments = new HashMap<>();
        Stream<CachedLatent> latents = events.stream()
                .filter(RunEvent::hasLatentsCached)
                .flatMap(event -> event.getLatentsCached().getLatentsList().stream());
        latents.forEach(latent -> moments.put(latent.getImageSha256(), latent.getMoments()));
        return moments;
    }
}
