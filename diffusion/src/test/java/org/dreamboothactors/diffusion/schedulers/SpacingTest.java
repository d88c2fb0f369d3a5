package org.dreamboothactors.diffusion.schedulers;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SpacingTest {

    @Test
    void halvesFallOnTheSideOfNumpy() {
        // numpy.round(numpy.arange(1000, 0, -1000 / 48)) - 1: 937.5 is a little less there
        assertThat(Arrays.copyOf(Spacing.TRAILING.timesteps(48, 1000, 0), 5)).containsExactly(999, 978, 957, 936, 916);
        assertThat(Arrays.copyOf(Spacing.TRAILING.timestepsBeforeLast(48, 1000, 1000, 0), 5))
                .containsExactly(999, 978, 957, 936, 916);
        // numpy.linspace(0, 999, 27).round()[13]: 499.5 is a little less there
        assertThat(Spacing.LINSPACE.timesteps(27, 1000, 0)[13]).isEqualTo(499);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 61, 103, 998, 1000}) // numpy's arange gives one too many at 61, 103 and 998
    void givesAsManyTimestepsAsSteps(int steps) {
        for (Spacing spacing : Spacing.values()) {
            assertThat(spacing.timesteps(steps, 1000, 0))
                    .hasSize(steps)
                    .doesNotHaveDuplicates()
                    .isSortedAccordingTo((a, b) -> b - a)
                    .satisfies(t -> assertThat(t[0]).isLessThan(1000))
                    .satisfies(t -> assertThat(t[steps - 1]).isNotNegative());
        }
    }
}
