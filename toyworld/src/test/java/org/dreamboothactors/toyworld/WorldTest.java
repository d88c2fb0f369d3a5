package org.dreamboothactors.toyworld;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class WorldTest {
    private static final World WORLD = World.training(7, 4);

    @Test
    void showsEveryKindColourPatternAndPlace() {
        List<Shot> shots = IntStream.range(0, 2000).mapToObj(WORLD::shot).toList();

        assertThat(shots).map(shot -> shot.subject().thing()).contains(Thing.values());
        assertThat(shots).map(shot -> shot.subject().paint()).contains(Paint.values());
        assertThat(shots)
                .map(shot -> shot.subject().pattern())
                .contains(Pattern.PLAIN, Pattern.STRIPED, Pattern.SPOTTED)
                .doesNotContain(Pattern.ZIGZAG);
        assertThat(shots).map(Shot::place).contains(Place.values());
    }

    @Test
    void neverShowsColoursThatAreHeldOut() {
        List<Subject> subjects = IntStream.range(0, 4000)
                .mapToObj(World.judging(3, 1)::subject)
                .filter(subject -> subject.pattern() != Pattern.PLAIN)
                .toList();

        assertThat(subjects).noneMatch(subject -> HeldOut.reserved(subject.paint(), nearest(subject.accent())));
        assertThat(HeldOut.subjects())
                .allMatch(subject -> HeldOut.reserved(subject.paint(), nearest(subject.accent())));
    }

    @Test
    void showsASubjectInDifferentPlacesAndLooks() {
        List<Shot> shots = IntStream.range(40, 44).mapToObj(WORLD::shot).toList();

        assertThat(Set.copyOf(shots.stream().map(Shot::subject).toList())).hasSize(1);
        assertThat(shots.stream().map(Shot::place).collect(Collectors.toSet())).hasSize(4);
        assertThat(shots.stream().map(Shot::view).collect(Collectors.toSet())).hasSize(4);
    }

    @Test
    void tellsAllOrLessOfAPicture() {
        Shot shot = WORLD.shot(5);
        Set<String> said = IntStream.range(0, 200)
                .mapToObj(i -> Caption.of(shot, Chance.of(1, "caption", i)))
                .collect(Collectors.toSet());

        String thing = shot.subject().thing().word();
        String place = shot.place().phrase();
        String adjectives = shot.subject().adjectives();
        assertThat(said)
                .containsExactlyInAnyOrder(
                        "a photo of a " + adjectives + " " + thing + " " + place,
                        "a photo of a " + thing + " " + place,
                        "a photo of a " + adjectives + " " + thing,
                        "a photo of a " + thing);
    }

    @Test
    void putsNonsenseBeforeTheThing() {
        String said = Caption.withNonsense("a photo of a red duck at night", Chance.of(1, "word", 4));

        assertThat(said).matches("a photo of (a )?[a-z]{2,4} red duck at night");
    }

    private static Paint nearest(Rgb colour) {
        return List.of(Paint.values()).stream()
                .min((one, other) -> Double.compare(distance(one.rgb(), colour), distance(other.rgb(), colour)))
                .orElseThrow();
    }

    private static double distance(Rgb a, Rgb b) {
        return Math.abs(a.r() - b.r()) + Math.abs(a.g() - b.g()) + Math.abs(a.b() - b.b());
    }
}
