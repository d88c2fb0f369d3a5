package org.dreamboothactors.actors.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class CommitPaceTest {
    private final CommitPace pace = new CommitPace(Duration.ofMinutes(10));

    @Test
    void commitsSoonAtFirst() {
        assertThat(pace.isDue(Duration.ofSeconds(4))).isFalse();
        assertThat(pace.isDue(Duration.ofSeconds(5))).isTrue();
    }

    @Test
    void costsAtMostATwentiethOfTheTime() {
        pace.learn(Duration.ofSeconds(6), 1);

        assertThat(pace.isDue(Duration.ofSeconds(119))).isFalse();
        assertThat(pace.isDue(Duration.ofMinutes(2))).isTrue();
    }

    @Test
    void slackensAsTheLogGetsLonger() {
        pace.learn(Duration.ofMillis(1), 600);

        assertThat(pace.isDue(Duration.ofSeconds(59))).isFalse();
        assertThat(pace.isDue(Duration.ofMinutes(1))).isTrue();
    }

    @Test
    void risksNoMoreThanItMayHoweverMuchACommitCosts() {
        pace.learn(Duration.ofMinutes(5), 2);

        assertThat(pace.isDue(Duration.ofMinutes(10))).isTrue();
    }
}
