package org.dreamboothactors.toyworld.render;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;
import org.dreamboothactors.diffusion.images.RgbImage;
import org.dreamboothactors.toyworld.Chance;
import org.dreamboothactors.toyworld.HeldOut;
import org.dreamboothactors.toyworld.Paint;
import org.dreamboothactors.toyworld.Pattern;
import org.dreamboothactors.toyworld.Place;
import org.dreamboothactors.toyworld.Rgb;
import org.dreamboothactors.toyworld.Shot;
import org.dreamboothactors.toyworld.Subject;
import org.dreamboothactors.toyworld.Thing;
import org.dreamboothactors.toyworld.World;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RendererTest {
    private static final int SIDE = 64;

    /** The digest is of the machine this was written on: drawing rounds alike everywhere, or base models cannot be made again. */
    @Test
    void drawsTheSameBytesOnEveryMachine() throws Exception {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        World world = World.judging(7, 1);
        for (int i = 0; i < 16; i++) {
            digest.update(Renderer.render(world.shot(i), SIDE).rgb());
        }

        assertThat(HexFormat.of().formatHex(digest.digest()))
                .isEqualTo("2a0cb156f17db87f3d7afc35cf862945c81417478c362919d2329bdf0c0c02dd");
    }

    @Test
    void drawsAlikeOnManyThreads() {
        World world = World.training(1, 1);
        List<RgbImage> together = IntStream.range(0, 8)
                .parallel()
                .mapToObj(i -> Renderer.render(world.shot(i), 16))
                .toList();

        for (int i = 0; i < 8; i++) {
            assertThat(together.get(i).rgb())
                    .isEqualTo(Renderer.render(world.shot(i), 16).rgb());
        }
    }

    /** Red things in the snow: the red pixels are the thing's. */
    @ParameterizedTest
    @EnumSource
    void everyThingCanBeSeen(Thing thing) {
        Rgb red = Paint.RED.rgb();
        Subject subject = new Subject(thing, Paint.RED, red, red, Pattern.PLAIN, .5, .5);
        for (int i = 0; i < 3; i++) {
            RgbImage image = Renderer.render(World.shot(subject, Place.SNOW, Chance.of(5, "look", i)), SIDE);

            assertThat(redPixels(image)).isBetween(SIDE * SIDE / 30, SIDE * SIDE * 6 / 10);
        }
    }

    @ParameterizedTest
    @EnumSource(names = "PLAIN", mode = EnumSource.Mode.EXCLUDE)
    void patternsShowBothColours(Pattern pattern) {
        Subject subject = new Subject(Thing.BALL, Paint.RED, Paint.RED.rgb(), Paint.BLUE.rgb(), pattern, .5, .5);
        RgbImage image = Renderer.render(World.shot(subject, Place.SNOW, Chance.of(5, "look", 0)), SIDE);
        Subject plain = new Subject(Thing.BALL, Paint.RED, Paint.RED.rgb(), Paint.BLUE.rgb(), Pattern.PLAIN, .5, .5);
        RgbImage whole = Renderer.render(World.shot(plain, Place.SNOW, Chance.of(5, "look", 0)), SIDE);

        assertThat(redPixels(image)).isBetween(redPixels(whole) / 5, redPixels(whole) * 9 / 10);
    }

    @Test
    void placesAndSubjectsTellPicturesApart() {
        Subject subject = HeldOut.subjects().getFirst();
        List<Shot> shots = List.of(Place.values()).stream()
                .map(place -> World.shot(subject, place, Chance.of(5, "look", 0)))
                .toList();

        for (Shot one : shots) {
            for (Shot other : shots) {
                if (!one.equals(other)) {
                    assertThat(difference(Renderer.render(one, 32), Renderer.render(other, 32)))
                            .isGreaterThan(12);
                }
            }
        }
    }

    private static int redPixels(RgbImage image) {
        int count = 0;
        for (int i = 0; i < image.rgb().length; i += RgbImage.CHANNELS) {
            int r = image.rgb()[i] & 0xff;
            int g = image.rgb()[i + 1] & 0xff;
            int b = image.rgb()[i + 2] & 0xff;
            if (r > 1.5 * g && r > 1.5 * b) {
                count++;
            }
        }
        return count;
    }

    /** Mean over the bytes. */
    private static double difference(RgbImage one, RgbImage other) {
        double sum = 0;
        for (int i = 0; i < one.rgb().length; i++) {
            sum += Math.abs((one.rgb()[i] & 0xff) - (other.rgb()[i] & 0xff));
        }
        return sum / one.rgb().length;
    }
}
