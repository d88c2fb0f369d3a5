package org.dreamboothactors.actors.board;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.pekko.actor.typed.ActorRef;
import org.dreamboothactors.actors.board.FeedView.State;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks at the topics every two seconds, on a thread of its own, and tells the board. */
final class TopicWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TopicWatch.class);
    private static final Duration LOOK_EVERY = Duration.ofSeconds(2);
    private static final int LONGEST_CALL_MILLIS = 5_000;
    private static final Duration LAST_ORDERS = Duration.ofSeconds(5);

    private final ActorRef<Board.Command> board;
    private final DashboardSettings settings;
    private final Admin admin;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final Thread thread;

    TopicWatch(DashboardSettings settings, ActorRef<Board.Command> board) {
        this.board = board;
        this.settings = settings;
        admin = Admin.create(settings.kafka()
                .with(Map.of(
                        "request.timeout.ms", LONGEST_CALL_MILLIS, "default.api.timeout.ms", LONGEST_CALL_MILLIS)));
        thread = Thread.ofPlatform().daemon().name("board-topics").start(this::run);
    }

    private void run() {
        TopicLook look = new TopicLook(admin, settings.oldest(), Duration.ofMillis(LONGEST_CALL_MILLIS));
        boolean reached = true;
        try {
            do {
                try {
                    List<TopicView> topics = look.now();
                    settings.dead().accept(dead(topics));
                    board.tell(new Board.Topics(topics));
                    board.tell(new Board.Feed(new FeedView(FeedView.TOPICS, State.LIVE, "")));
                    reached = true;
                } catch (ExecutionException | TimeoutException e) {
                    String reason = String.valueOf(e.getCause() == null ? "no answer in time" : e.getCause());
                    board.tell(new Board.Feed(new FeedView(FeedView.TOPICS, State.LOST, reason)));
                    if (reached && stopped.getCount() > 0) {
                        LOG.warn("The dashboard cannot look at the topics: {}; it tries again", reason);
                    }
                    reached = false;
                }
            } while (!stopped.await(LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Map<String, Long> dead(List<TopicView> topics) {
        Map<String, Long> dead = new HashMap<>();
        topics.forEach(topic -> topic.dead().ifPresent(records -> dead.put(topic.name(), records)));
        return dead;
    }

    @Override
    public void close() {
        stopped.countDown();
        admin.close(LAST_ORDERS);
        try {
            thread.join(LAST_ORDERS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
