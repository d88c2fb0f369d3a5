package org.dreamboothactors.deploy.evaluation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.dreamboothactors.diffusion.images.Png;
import org.dreamboothactors.diffusion.images.RgbImage;
import org.dreamboothactors.toyworld.Chance;
import org.dreamboothactors.toyworld.HeldOut;
import org.dreamboothactors.toyworld.Place;
import org.dreamboothactors.toyworld.Subject;
import org.dreamboothactors.toyworld.Thing;
import org.dreamboothactors.toyworld.World;
import org.dreamboothactors.toyworld.render.Renderer;

/**
 * A subject that no training has seen: photos of it in some places, and the places that its photos lack.
 *
 * @param number among the held-out subjects, from 0
 */
public record Sitter(int number) {
    private static final int PHOTOS = 5;
    private static final int PHOTO_SIDE = 256;
    private static final int OTHERS = 8;
    private static final long SEED = 4000;
    private static final List<Place> PLACES = List.of(Place.values());

    public Sitter {
        if (number < 0 || number >= HeldOut.subjects().size()) {
            throw new IllegalArgumentException("Cannot take held-out subject " + number + ", expected 0 to "
                    + (HeldOut.subjects().size() - 1));
        }
    }

    private Subject subject() {
        return HeldOut.subjects().get(number);
    }

    /** The word for its class. */
    public String word() {
        return subject().thing().word();
    }

    Thing thing() {
        return subject().thing();
    }

    /** Where it is drawn: the places that its photos lack. */
    List<Place> newPlaces() {
        return places().skip(PHOTOS).toList();
    }

    /** Writes its photos, larger than a model of the toy world draws. */
    List<Path> writePhotos(Path folder) {
        List<Path> files = new ArrayList<>();
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write photos to " + folder + ": " + e.getMessage(), e);
        }
        List<RgbImage> photos = photos(PHOTO_SIDE);
        for (int i = 0; i < photos.size(); i++) {
            Path file = folder.resolve("photo-" + i + ".png");
            Png.write(photos.get(i), file);
            files.add(file);
        }
        return files;
    }

    /** The same photos as a judge sees them. */
    List<RgbImage> photos(int side) {
        return shots(places().limit(PHOTOS).toList(), "photo", side);
    }

    /** What a perfect model would draw: the subject itself in its new places. */
    List<RgbImage> itself(int side) {
        return shots(newPlaces(), "itself", side);
    }

    /** Other subjects of its class, in its new places. */
    List<RgbImage> others(int side) {
        World world = World.judging(SEED, 1);
        List<Thing> things = List.of(Thing.values()); // subjects of a world take turns in this order
        List<Place> places = newPlaces();
        return IntStream.range(0, OTHERS)
                .mapToObj(i -> World.shot(
                        world.subject(things.indexOf(thing()) + (long) i * things.size()),
                        places.get(i % places.size()),
                        chance("other", i)))
                .map(shot -> Renderer.render(shot, side))
                .toList();
    }

    private List<RgbImage> shots(List<Place> places, String purpose, int side) {
        return IntStream.range(0, places.size())
                .mapToObj(i -> World.shot(subject(), places.get(i), chance(purpose, i)))
                .map(shot -> Renderer.render(shot, side))
                .toList();
    }

    /** All of them, beginning somewhere else for each subject. */
    private Stream<Place> places() {
        return IntStream.range(0, PLACES.size()).mapToObj(i -> PLACES.get((number + i) % PLACES.size()));
    }

    private Chance chance(String purpose, int index) {
        return Chance.of(SEED + number, purpose, index);
    }
}
