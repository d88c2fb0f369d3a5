package org.dreamboothactors.deploy.remote;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.dreamboothactors.deploy.remote.Remote.Feed;
import org.dreamboothactors.protocol.v1.RunEvent;
import org.junit.jupiter.api.Test;

class AbsenceTest {
    private final List<String> told = new ArrayList<>();
    private final FakeRemote kafka = new FakeRemote();
    private Instant now = Instant.EPOCH;

    /** How long somebody waited who glances every second, an hour at most. */
    private Duration waited(Absence absence, Feed<RunEvent> feed) {
        Instant begin = now;
        Duration silence = Duration.ZERO;
        while (silence.toHours() < 1 && !absence.isTooLong(feed, silence)) {
            now = now.plusSeconds(1);
            silence = Duration.between(begin, now);
        }
        return silence;
    }

    @Test
    void waitsForARunThatIsSilentButNotForABrokerThatIsGone() {
        Absence absence = new Absence(() -> now, told::add);
        try (Feed<RunEvent> feed = kafka.follow("run")) {
            assertThat(waited(absence, feed)).isEqualTo(Duration.ofHours(1));
            assertThat(told).isEmpty();

            kafka.answers = () -> false;
            assertThat(waited(absence, feed)).isBetween(Absence.LONGEST, Absence.LONGEST.plusMinutes(2));
            assertThat(told).containsExactly("Kafka does not answer; waiting 15 min for it");

            kafka.answers = () -> true;
            assertThat(waited(absence, feed)).isEqualTo(Duration.ofHours(1));
            assertThat(told).last().isEqualTo("Kafka answers again");
        }
    }

    /** Who hears something has no need to ask. */
    @Test
    void countsEachAbsenceFromItsOwnBeginning() {
        Absence absence = new Absence(() -> now, told::add);
        kafka.answers = () -> false;
        try (Feed<RunEvent> feed = kafka.follow("run")) {
            now = now.plusSeconds(40);
            assertThat(absence.isTooLong(feed, Duration.ofSeconds(40))).isFalse();
            absence.heard();
            now = now.plusSeconds(3600);
            assertThat(told).last().isEqualTo("Kafka answers again");

            assertThat(waited(absence, feed)).isBetween(Absence.LONGEST, Absence.LONGEST.plusMinutes(2));
        }
    }
}
