package org.dreamboothactors.actors.board;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.apache.pekko.http.javadsl.model.HttpEntity;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.dreamboothactors.actors.board.FeedView.State;
import org.junit.jupiter.api.Test;

class ProbesTest {
    private static final FeedView READ = new FeedView(FeedView.HISTORY, State.LIVE, "");
    private static final FeedView SEEN = new FeedView(FeedView.TOPICS, State.LIVE, "");
    private static final FeedView LOST = new FeedView(FeedView.TOPICS, State.LOST, "secret.host:9092 refuses");

    @Test
    void isReadyWhenTheBrokerAnswersAndTheHistoryIsRead() {
        assertThat(status("/ready", List.of(READ, SEEN))).isEqualTo(200);
        assertThat(status("/ready", List.of())).isEqualTo(503);
        assertThat(status("/ready", List.of(SEEN))).isEqualTo(503);
        assertThat(status("/ready", List.of(new FeedView(FeedView.HISTORY, State.READING, ""), SEEN)))
                .isEqualTo(503);
        assertThat(status("/ready", List.of(READ, LOST))).isEqualTo(503);
    }

    @Test
    void isAliveWithoutABroker() {
        assertThat(status("/alive", List.of(READ, LOST))).isEqualTo(200);
    }

    @Test
    void tellsStrangersNoReasons() {
        assertThat(Probes.answer(HttpRequest.GET("/ready"), List.of(READ, LOST)).entity())
                .isInstanceOfSatisfying(
                        HttpEntity.Strict.class,
                        told -> assertThat(told.getData().utf8String()).isEqualTo("history: live\ntopics: lost\n"));
    }

    @Test
    void takesNothingElseForAProbe() {
        assertThat(Probes.isProbe(HttpRequest.GET("/alive"))).isTrue();
        assertThat(Probes.isProbe(HttpRequest.GET("/alive/x"))).isFalse();
        assertThat(Probes.isProbe(HttpRequest.POST("/ready"))).isFalse();
        assertThat(Probes.isProbe(HttpRequest.GET("/"))).isFalse();
    }

    private static int status(String path, List<FeedView> feeds) {
        return Probes.answer(HttpRequest.GET(path), feeds).status().intValue();
    }
}
