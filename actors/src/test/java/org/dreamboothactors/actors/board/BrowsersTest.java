package org.dreamboothactors.actors.board;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.BoundedSourceQueue;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.util.ByteString;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class BrowsersTest {
    private static final ActorTestKit KIT = ActorTestKit.create();

    private final Browsers browsers = new Browsers();

    @AfterAll
    static void stop() {
        KIT.shutdownTestKit();
    }

    @Test
    void dropsABrowserThatDoesNotReadAndKeepsTheOthers() throws Exception {
        var deaf = browser();
        var good = browser();
        List<ByteString> heard = new ArrayList<>();
        browsers.join(deaf.first(), 0, "{}");
        browsers.join(good.first(), 0, "{}");
        var end = good.second().runWith(Sink.foreach(heard::add), KIT.system());

        for (int id = 1; id <= 2 * Browsers.QUEUE; id++) {
            browsers.send(id, "{}");
            while (good.first().size() > 0) {
                Thread.onSpinWait(); // the stream's own thread takes them
            }
        }

        assertThat(deaf.first().isCompleted()).isTrue();
        browsers.close();
        end.toCompletableFuture().get(10, TimeUnit.SECONDS);
        assertThat(heard).hasSize(1 + 2 * Browsers.QUEUE);
    }

    @Test
    void turnsAwayOneTooMany() {
        IntStream.range(0, Browsers.LIMIT)
                .forEach(_ ->
                        assertThat(browsers.join(browser().first(), 0, "{}")).isTrue());
        var late = browser();

        assertThat(browsers.join(late.first(), 0, "{}")).isFalse();
        assertThat(late.first().isCompleted()).isTrue();
    }

    private static Pair<BoundedSourceQueue<ByteString>, Source<ByteString, ?>> browser() {
        var stream = Source.<ByteString>queue(Browsers.QUEUE).preMaterialize(KIT.system());
        return Pair.create(stream.first(), stream.second());
    }
}
