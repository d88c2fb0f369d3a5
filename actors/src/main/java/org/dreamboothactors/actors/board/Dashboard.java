package org.dreamboothactors.actors.board;

import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.http.javadsl.Http;
import org.apache.pekko.http.javadsl.ServerBinding;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The page that shows operators the live system: actors, topics, runs with their curves and pictures.
 *
 * <p>It only reads, except for asking that a run be cancelled, and holds nothing that is not in Kafka, in the store or
 * in the next report of an actor. Threads of its own talk to Kafka and the store. Safe from any thread.
 */
public final class Dashboard implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Dashboard.class);
    private static final Duration BOUND_IN = Duration.ofSeconds(20);
    private static final Duration LAST_ANSWERS = Duration.ofSeconds(2);
    private static final int MOST_CONNECTIONS = 256;
    /** Requests that read the store or write to Kafka at the same time, and those that may wait for it. */
    private static final int BLOCKING_THREADS = 4;

    private static final int BLOCKING_WAITING = 128;

    private final ActorRef<Board.Command> board;
    private final URI address;
    private final ServerBinding binding;
    private final RunEventsFollower follower;
    private final TopicWatch watch;
    private final Cancellations cancellations;
    private final ExecutorService blocking;

    private Dashboard(
            ActorRef<Board.Command> board,
            URI address,
            ServerBinding binding,
            Cancellations cancellations,
            ExecutorService blocking,
            DashboardSettings settings) {
        this.board = board;
        this.address = address;
        this.binding = binding;
        this.cancellations = cancellations;
        this.blocking = blocking;
        this.follower = new RunEventsFollower(settings.kafka(), board);
        this.watch = new TopicWatch(settings, board);
    }

    /**
     * Serves the page and returns when browsers can connect. Neither topics nor store need to answer yet.
     *
     * @throws IllegalStateException when the address cannot be listened on
     */
    public static Dashboard start(ActorSystem<?> system, DashboardSettings settings) {
        ActorRef<Board.Command> board =
                system.systemActorOf(Board.create(InstantSource.system()), "board-" + UUID.randomUUID(), Props.empty());
        ExecutorService blocking = blocking();
        Cancellations cancellations = new Cancellations(settings.kafka(), blocking);
        Site site = new Site(
                system,
                board,
                new Gate(settings.host(), settings.names(), settings.token()),
                new Assets(),
                new PictureReader(settings.store(), blocking),
                cancellations,
                settings.figures());
        try {
            ServerBinding binding = bind(system, settings, site);
            LOG.info(
                    "Dashboard listens on {} port {}",
                    settings.host(),
                    binding.localAddress().getPort());
            return new Dashboard(
                    board,
                    address(settings, binding.localAddress().getPort()),
                    binding,
                    cancellations,
                    blocking,
                    settings);
        } catch (IllegalStateException e) {
            board.tell(new Board.Close());
            cancellations.close();
            blocking.shutdownNow();
            throw e;
        }
    }

    /** For a browser, with the token: whoever has it sees everything. */
    public URI address() {
        return address;
    }

    /** What actors report to. */
    public StatusSink sink() {
        return (actor, state, work) -> board.tell(new Board.Report(actor, state, work));
    }

    /** Ends all connections and threads; waits a few seconds at most. */
    @Override
    public void close() {
        board.tell(new Board.Close());
        await(binding.terminate(LAST_ANSWERS).toCompletableFuture(), LAST_ANSWERS.multipliedBy(2));
        follower.close();
        watch.close();
        blocking.shutdownNow();
        cancellations.close();
    }

    private static ServerBinding bind(ActorSystem<?> system, DashboardSettings settings, Site site) {
        CompletionStage<ServerBinding> bound = Http.get(system)
                .newServerAt(settings.host(), settings.port())
                .adaptSettings(
                        server -> server.withServerHeader(Optional.empty()).withMaxConnections(MOST_CONNECTIONS))
                .bind(site);
        try {
            return bound.toCompletableFuture().get(BOUND_IN.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException(
                    "Cannot serve the dashboard on " + settings.host() + " port " + settings.port() + ": "
                            + (e.getCause() == null ? "no answer" : e.getCause().getMessage())
                            + ". Choose another port; 0 takes a free one",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Cannot serve the dashboard: interrupted", e);
        }
    }

    private static URI address(DashboardSettings settings, int port) {
        String host = Gate.listensEverywhere(settings.host()) ? "127.0.0.1" : settings.host();
        String name = host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host;
        return URI.create("http://" + name + ":" + port + "/?token="
                + URLEncoder.encode(settings.token(), StandardCharsets.UTF_8));
    }

    private static ExecutorService blocking() {
        ThreadPoolExecutor threads = new ThreadPoolExecutor(
                BLOCKING_THREADS,
                BLOCKING_THREADS,
                10,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(BLOCKING_WAITING),
                Thread.ofPlatform().daemon().name("board-io-", 0).factory());
        threads.allowCoreThreadTimeOut(true);
        return threads;
    }

    private static void await(CompletableFuture<?> end, Duration atMost) {
        try {
            end.get(atMost.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            LOG.info("The dashboard's connections did not end in time: {}", e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
