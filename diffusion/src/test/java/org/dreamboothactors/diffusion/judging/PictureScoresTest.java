package org.dreamboothactors.diffusion.judging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class PictureScoresTest {
    private static final PictureScores BASE = new PictureScores(.3, .6, Optional.of(.3), Optional.of(.5));

    @Test
    void gainIsWhatIsWonLessWhatIsLost() {
        PictureScores after = new PictureScores(.8, .5, Optional.of(.35), Optional.of(.1));

        assertThat(after.gain(BASE)).isCloseTo(.5 - .1 - .05, within(1e-12));
        assertThat(after.classDrift(BASE).orElseThrow()).isCloseTo(.05, within(1e-12));
    }

    @Test
    void whatBecameBetterElsewhereIsNoGain() {
        PictureScores after = new PictureScores(.8, .9, Optional.of(.1), Optional.empty());

        assertThat(after.gain(BASE)).isCloseTo(.5, within(1e-12));
        assertThat(BASE.gain(BASE)).isZero();
    }

    @Test
    void withoutPicturesOfTheClassNothingIsSaidOfIt() {
        PictureScores after = new PictureScores(.8, .6, Optional.empty(), Optional.empty());

        assertThat(after.classDrift(BASE)).isEmpty();
        assertThat(after.gain(BASE)).isCloseTo(.5, within(1e-12));
    }
}
