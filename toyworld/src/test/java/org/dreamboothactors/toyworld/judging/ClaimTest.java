package org.dreamboothactors.toyworld.judging;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.dreamboothactors.toyworld.Chance;
import org.dreamboothactors.toyworld.Paint;
import org.dreamboothactors.toyworld.Pattern;
import org.dreamboothactors.toyworld.Place;
import org.dreamboothactors.toyworld.Rgb;
import org.dreamboothactors.toyworld.Shot;
import org.dreamboothactors.toyworld.Subject;
import org.dreamboothactors.toyworld.Thing;
import org.dreamboothactors.toyworld.World;
import org.junit.jupiter.api.Test;

class ClaimTest {
    private static final Rgb ANY = new Rgb(.5, .5, .5);
    private static final Shot SHOT = World.shot(
            new Subject(Thing.TEAPOT, Paint.RED, ANY, ANY, Pattern.STRIPED, .5, .5), Place.SNOW, Chance.of(1, "", 0));

    @Test
    void saysWhatCaptionsSay() {
        assertThat(Claim.of(Thing.TEAPOT, Paint.RED, Pattern.STRIPED, Place.SNOW)
                        .text())
                .isEqualTo("a photo of a striped red teapot in the snow");
        assertThat(new Claim(Thing.DUCK, Optional.empty(), Optional.empty(), Optional.empty()).text())
                .isEqualTo("a photo of a duck");
    }

    @Test
    void isTrueWhereNothingItSaysIsFalse() {
        assertThat(Claim.of(Thing.TEAPOT, Paint.RED, Pattern.STRIPED, Place.SNOW)
                        .trueOf(SHOT))
                .isTrue();
        assertThat(Claim.of(Thing.TEAPOT, Paint.RED, Pattern.PLAIN, Place.SNOW).trueOf(SHOT))
                .isTrue();
        assertThat(Claim.of(Thing.MUG, Paint.RED, Pattern.STRIPED, Place.SNOW).trueOf(SHOT))
                .isFalse();
        assertThat(Claim.of(Thing.TEAPOT, Paint.BLUE, Pattern.STRIPED, Place.SNOW)
                        .trueOf(SHOT))
                .isFalse();
        assertThat(Claim.of(Thing.TEAPOT, Paint.RED, Pattern.SPOTTED, Place.SNOW)
                        .trueOf(SHOT))
                .isFalse();
        assertThat(Claim.of(Thing.TEAPOT, Paint.RED, Pattern.STRIPED, Place.NIGHT)
                        .trueOf(SHOT))
                .isFalse();
    }

    @Test
    void madeAboutAShotIsTrueAndOtherwiseMostlyFalse() {
        List<Chance> chances =
                IntStream.range(0, 200).mapToObj(i -> Chance.of(2, "claim", i)).toList();
        List<Claim> claims =
                chances.stream().map(chance -> Claim.about(SHOT, chance)).toList();

        assertThat(claims).allMatch(claim -> claim.trueOf(SHOT));
        assertThat(IntStream.range(0, 200)
                        .mapToObj(i -> claims.get(i).otherwise(chances.get(i)))
                        .filter(claim -> claim.trueOf(SHOT))
                        .count())
                .isLessThan(40);
    }
}
