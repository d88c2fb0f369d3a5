package org.dreamboothactors.diffusion.schedulers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.dreamboothactors.diffusion.schedulers.Draws.Purpose;
import org.junit.jupiter.api.Test;

class DrawsTest {
    private final Draws draws = new Draws(42);

    @Test
    void dependOnTheirNameAlone() {
        float[] first = draws.gaussian(Purpose.NOISE, 3, 1, 64);
        draws.gaussian(Purpose.NOISE, 4, 1, 64);

        assertThat(new Draws(42).gaussian(Purpose.NOISE, 3, 1, 64)).isEqualTo(first);
        assertThat(draws.gaussian(Purpose.POSTERIOR, 3, 1, 64)).isNotEqualTo(first);
        assertThat(draws.gaussian(Purpose.NOISE, 3, 2, 64)).isNotEqualTo(first);
        assertThat(draws.gaussian(Purpose.NOISE, 1, 3, 64)).isNotEqualTo(first);
        assertThat(new Draws(43).gaussian(Purpose.NOISE, 3, 1, 64)).isNotEqualTo(first);
    }

    @Test
    void areStandardNormal() {
        float[] values = draws.gaussian(Purpose.NOISE, 0, 0, 200_000);
        double mean = 0;
        double square = 0;
        for (float value : values) {
            mean += value / (double) values.length;
            square += value * value / (double) values.length;
        }
        assertThat(mean).isCloseTo(0, within(0.01));
        assertThat(square).isCloseTo(1, within(0.02));
    }

    @Test
    void permuteEveryNumberOnce() {
        int[] order = draws.permutation(20, Purpose.INSTANCE_ORDER, 7);
        assertThat(order).isNotEqualTo(draws.permutation(20, Purpose.INSTANCE_ORDER, 8));
        assertThat(Arrays.stream(order).sorted().distinct().count()).isEqualTo(20);
    }
}
