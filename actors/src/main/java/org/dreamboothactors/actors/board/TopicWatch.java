package org.dreamboothactors.actors.board;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.pekko.actor.typed.ActorRef;
import org.dreamboothactors.actors.board.FeedView.State;
import org.dreamboothactors.protocol.KafkaConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks at the topics every two seconds, on a thread of its own, and tells the board. */
final class TopicWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TopicWatch.class);
    private static final Duration LOOK_EVERY = Duration.ofSeconds(2);
    private static final int LONGEST_CALL_MILLIS = 5_000;
    private static final Duration LAST_ORDERS = Duration.ofSeconds(5);

    private final ActorRef<Board.Command> board;
    private final Supplier<Map<String, Duration>> oldest;
    private final Admin admin;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final Thread thread;

    TopicWatch(KafkaConnection kafka, Supplier<Map<String, Duration>> oldest, ActorRef<Board.Command> board) {
        this.board = board;
        this.oldest = oldest;
        admin = Admin.create(kafka.with(
                Map.of("request.timeout.ms", LONGEST_CALL_MILLIS, "default.api.timeout.ms", LONGEST_CALL_MILLIS)));
        thread = Thread.ofPlatform().daemon().name("board-topics").start(this::run);
    }

    private void run() {
        TopicLook look = new TopicLook(admin, oldest, Duration.ofMillis(LONGEST_CALL_MILLIS));
        boolean reached = true;
        try {
            do {
                try {
                    board.tell(new Board.Topics(look.now()));
                    board.tell(new Board.Feed(new FeedView("topics", State.LIVE, "")));
                    reached = true;
                } catch (ExecutionException | TimeoutException e) {
                    String reason = String.valueOf(e.getCause() == null ? "no answer in time" : e.getCause());
                    board.tell(new Board.Feed(new FeedView("topics", State.LOST, reason)));
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
