package org.dreamboothactors.actors.board.runs;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.dreamboothactors.actors.board.runs.RunDetail.Drawn;
import org.dreamboothactors.actors.board.runs.RunDetail.Photo;
import org.dreamboothactors.actors.board.runs.RunDetail.Round;
import org.dreamboothactors.actors.board.runs.RunSummary.Picture;
import org.dreamboothactors.protocol.PhotoText;
import org.dreamboothactors.protocol.Wire;
import org.dreamboothactors.protocol.v1.ClassImagesReady;
import org.dreamboothactors.protocol.v1.PhotoJudged;
import org.dreamboothactors.protocol.v1.SamplesReady;
import org.dreamboothactors.protocol.v1.StoredObject;
import org.dreamboothactors.storage.Stored;

/** The pictures that one run's facts name. Not thread-safe. */
final class RunPictures {
    private final Map<Integer, Photo> photos = new TreeMap<>();
    private final Map<Integer, Picture> ownClassImages = new TreeMap<>();
    private final Map<Integer, List<Picture>> classImages = new TreeMap<>();

    private final List<Round> rounds = new ArrayList<>();
    private final Map<String, Stored> objects = new HashMap<>();
    private int samples;
    private int samplesLeftOut;
    private int classImagesLeftOut;

    void judged(PhotoJudged photo) {
        if (photo.getOfClass()) {
            if (photo.hasImage()) {
                keepOwn(photo);
            }
            return;
        }
        if (photos.size() >= Limits.PHOTOS) {
            return;
        }
        photos.put(
                photo.getIndex(),
                new Photo(
                        photo.getIndex(),
                        Limits.name(photo.getName()),
                        PhotoText.verdict(photo.getVerdict()),
                        Limits.text(photo.getReason()),
                        photo.getWidth(),
                        photo.getHeight(),
                        photo.hasImage() ? Optional.of(keep(photo.getImage())) : Optional.empty()));
    }

    void classImages(ClassImagesReady group) {
        if (classImages.containsKey(group.getGroupIndex())) {
            return;
        }
        int room = Limits.CLASS_IMAGES
                - classImages.values().stream().mapToInt(List::size).sum();
        int kept = Math.min(room, group.getImagesCount());
        classImagesLeftOut += group.getImagesCount() - kept;
        classImages.put(
                group.getGroupIndex(),
                group.getImagesList().subList(0, kept).stream().map(this::keep).toList());
    }

    private void keepOwn(PhotoJudged photo) {
        if (ownClassImages.size() < Limits.CLASS_IMAGES) {
            ownClassImages.putIfAbsent(photo.getIndex(), keep(photo.getImage()));
        }
    }

    void drawn(long atMs, SamplesReady ready) {
        List<Drawn> pictures = ready.getSamplesList().stream()
                .limit(Limits.SAMPLES)
                .map(sample -> new Drawn(
                        Limits.text(sample.getPrompt()),
                        Long.toUnsignedString(sample.getSeed()),
                        keep(sample.getImage())))
                .toList();
        rounds.add(new Round(Limits.name(ready.getRequestId()), ready.getStep(), atMs, pictures));
        samples += pictures.size();
        while (samples > Limits.SAMPLES && rounds.size() > 2) {
            forget(rounds.remove(1));
        }
    }

    Optional<Picture> thumbnail() {
        return photos.values().stream().flatMap(photo -> photo.image().stream()).findFirst();
    }

    Optional<Stored> named(String key) {
        return Optional.ofNullable(objects.get(key));
    }

    List<Photo> photos() {
        return List.copyOf(photos.values());
    }

    int accepted() {
        return (int) photos.values().stream()
                .filter(photo -> photo.image().isPresent())
                .count();
    }

    List<Picture> classImages() {
        return Stream.concat(
                        ownClassImages.values().stream(),
                        classImages.values().stream().flatMap(List::stream))
                .limit(Limits.CLASS_IMAGES)
                .toList();
    }

    /** Those that were made. */
    int classImageCount() {
        return classImages.values().stream().mapToInt(List::size).sum() + classImagesLeftOut;
    }

    int classImagesLeftOut() {
        return classImagesLeftOut;
    }

    List<Round> rounds() {
        return List.copyOf(rounds);
    }

    int samplesLeftOut() {
        return samplesLeftOut;
    }

    private void forget(Round round) {
        samples -= round.pictures().size();
        samplesLeftOut += round.pictures().size();
        for (Drawn picture : round.pictures()) {
            objects.remove(picture.image().key());
        }
    }

    private Picture keep(StoredObject image) {
        objects.put(image.getKey(), Wire.stored(image));
        return new Picture(image.getKey(), image.getSha256());
    }
}
