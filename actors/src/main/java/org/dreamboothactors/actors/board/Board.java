package org.dreamboothactors.actors.board;

import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.Signal;
import org.apache.pekko.actor.typed.SupervisorStrategy;
import org.apache.pekko.actor.typed.javadsl.AbstractMatchingBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.apache.pekko.stream.BoundedSourceQueue;
import org.apache.pekko.util.ByteString;
import org.dreamboothactors.actors.board.runs.RunDetail;
import org.dreamboothactors.actors.board.runs.RunSummary;
import org.dreamboothactors.actors.board.runs.RunViews;
import org.dreamboothactors.protocol.v1.RunEvent;
import org.dreamboothactors.storage.Stored;

/**
 * Owns what the dashboard shows and tells browsers what changed, at most four times a second.
 *
 * <p>Everything here can be rebuilt: runs from run-events, topics from the broker, actors from their next report. A
 * message that breaks it is skipped and the rest stays.
 */
final class Board extends AbstractMatchingBehavior<Board.Command> {
    private static final Duration PUBLISH_AFTER = Duration.ofMillis(250);
    private static final Duration BEAT_EVERY = Duration.ofSeconds(15);

    sealed interface Command {}

    record Report(String actor, String state, String work) implements Command {}

    /** @param done is run when the events are folded; lets the teller wait */
    record History(List<RunEvent> events, Runnable done) implements Command {}

    record Topics(List<TopicView> topics) implements Command {}

    record Feed(FeedView feed) implements Command {}

    /** A browser: gets a snapshot, then every delta. Completed when there are too many or when it is too slow. */
    record Join(BoundedSourceQueue<ByteString> queue) implements Command {}

    record Describe(String runId, long after, long generation, ActorRef<Optional<RunDetail>> replyTo)
            implements Command {}

    record Summarise(String runId, ActorRef<Optional<RunSummary>> replyTo) implements Command {}

    record Feeds(ActorRef<List<FeedView>> replyTo) implements Command {}

    /** Whether a fact of some run names this key as a picture. */
    record FindPicture(String key, ActorRef<Optional<Stored>> replyTo) implements Command {}

    record Close() implements Command {}

    private record Publish() implements Command {}

    private record Beat() implements Command {}

    private final TimerScheduler<Command> timers;
    private final InstantSource clock;
    private final ActorViews actors = new ActorViews();
    private final RunViews runs = new RunViews();
    private final Map<String, TopicView> topics = new LinkedHashMap<>();
    private final Map<String, TopicView> changedTopics = new LinkedHashMap<>();
    private final Map<String, FeedView> feeds = new LinkedHashMap<>();
    private final Map<String, FeedView> changedFeeds = new LinkedHashMap<>();
    private final Browsers browsers = new Browsers();
    private long lastId;

    static Behavior<Command> create(InstantSource clock) {
        Behavior<Command> board =
                Behaviors.setup(context -> Behaviors.withTimers(timers -> new Board(context, timers, clock)));
        return Behaviors.supervise(board).onFailure(SupervisorStrategy.resume());
    }

    private Board(ActorContext<Command> context, TimerScheduler<Command> timers, InstantSource clock) {
        super(context);
        this.timers = timers;
        this.clock = clock;
        timers.startTimerWithFixedDelay(new Beat(), BEAT_EVERY);
    }

    @Override
    public Behavior<Command> onMessage(Command command) {
        switch (command) {
            case Report(var actor, var state, var work) -> actors.report(actor, state, work, clock.millis());
            case History(var events, var done) -> onHistory(events, done);
            case Topics(var views) -> views.forEach(view -> replace(topics, changedTopics, view.name(), view));
            case Feed(var feed) -> replace(feeds, changedFeeds, feed.name(), feed);
            case Join(var queue) -> browsers.join(queue, lastId, Json.of(snapshot()));
            case Describe(var id, var after, var generation, var replyTo) ->
                replyTo.tell(runs.detail(id, after, generation));
            case Summarise(var id, var replyTo) -> replyTo.tell(runs.summary(id));
            case FindPicture(var key, var replyTo) -> replyTo.tell(runs.picture(key));
            case Feeds(var replyTo) -> replyTo.tell(List.copyOf(feeds.values()));
            case Publish() -> publish();
            case Beat() -> browsers.beat();
            case Close() -> {
                return Behaviors.stopped();
            }
        }
        publishSoon(command);
        return this;
    }

    @Override
    public Behavior<Command> onSignal(Signal signal) throws Exception {
        if (signal instanceof PostStop) {
            browsers.close();
        }
        return super.onSignal(signal);
    }

    private void onHistory(List<RunEvent> events, Runnable done) {
        try {
            events.forEach(runs::hear);
        } finally {
            done.run();
        }
    }

    /** The first change after an update starts the clock; what comes until it rings goes out together. */
    private void publishSoon(Command command) {
        switch (command) {
            case Report _, History _, Topics _, Feed _ -> {
                if (!timers.isTimerActive(Publish.class)) {
                    timers.startSingleTimer(Publish.class, new Publish(), PUBLISH_AFTER);
                }
            }
            case Join _, Describe _, Summarise _, FindPicture _, Feeds _, Publish _, Beat _, Close _ -> {}
        }
    }

    private void publish() {
        RunViews.Changes changes = runs.takeChanges();
        Update delta = new Update(
                clock.millis(),
                actors.takeChanges(),
                List.copyOf(changedTopics.values()),
                List.copyOf(changedFeeds.values()),
                changes.runs(),
                changes.gone());
        changedTopics.clear();
        changedFeeds.clear();
        if (!delta.isEmpty() && !browsers.isEmpty()) {
            browsers.send(++lastId, Json.of(delta));
        }
    }

    private Update snapshot() {
        return new Update(
                clock.millis(),
                actors.all(),
                List.copyOf(topics.values()),
                List.copyOf(feeds.values()),
                runs.summaries(),
                List.of());
    }

    private static <V> void replace(Map<String, V> all, Map<String, V> changed, String name, V view) {
        if (!view.equals(all.put(name, view))) {
            changed.put(name, view);
        }
    }
}
