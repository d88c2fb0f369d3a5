package org.dreamboothactors.actors.work;

import com.google.protobuf.Message;
import java.time.Duration;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.PreRestart;
import org.apache.pekko.actor.typed.SupervisorStrategy;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.dreamboothactors.actors.board.StatusSink;
import org.dreamboothactors.actors.device.Device;

/**
 * The actor around one work queue of one device: encoder, inference or trainer, depending on its worker.
 *
 * <p>Kafka's client blocks, so it runs on a thread of its own and only tells this actor what it does. When that thread
 * dies the actor fails, and its supervisor starts it anew after a pause that grows.
 */
public final class QueueActor<T extends Message> extends AbstractBehavior<QueueActor.Heard> {
    private static final Duration SHORTEST_PAUSE = Duration.ofMillis(500);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
    private static final Duration GOOD_TIME = Duration.ofMinutes(1);

    private static final Duration LAST_ORDERS = Duration.ofSeconds(10);

    private final StatusSink board;
    private final Device device;
    private final String name;
    private final ShareQueue<T> queue;
    private final Thread thread;

    /** What the queue's thread tells. */
    public sealed interface Heard {}

    private record Working(String work) implements Heard {}

    private record Idle() implements Heard {}

    private record Broken(Throwable cause) implements Heard {}

    /**
     * A supervised actor.
     *
     * @param name path on the board, e.g. {@code device cpu:0/trainer}
     */
    public static <T extends Message> Behavior<Heard> create(
            String name, QueueSettings<T> settings, Device device, Worker<T> worker, StatusSink board) {
        return Behaviors.supervise(Behaviors.<Heard>setup(
                        context -> new QueueActor<>(context, name, settings, device, worker, board)))
                .onFailure(SupervisorStrategy.restartWithBackoff(SHORTEST_PAUSE, LONGEST_PAUSE, 0.2)
                        .withResetBackoffAfter(GOOD_TIME));
    }

    private QueueActor(
            ActorContext<Heard> context,
            String name,
            QueueSettings<T> settings,
            Device device,
            Worker<T> worker,
            StatusSink board) {
        super(context);
        this.board = board;
        this.device = device;
        this.name = name;
        board.report(name, "starting", "");
        queue = new ShareQueue<>(settings, device, worker, new ShareQueue.Listener() {
            @Override
            public void working(String work) {
                context.getSelf().tell(new Working(work));
            }

            @Override
            public void idle() {
                context.getSelf().tell(new Idle());
            }
        });
        thread = Thread.ofPlatform().name("queue-" + settings.topic()).start(() -> {
            try {
                queue.run();
            } catch (InterruptedException | RuntimeException e) {
                context.getSelf().tell(new Broken(e));
            }
        });
    }

    @Override
    public Receive<Heard> createReceive() {
        return newReceiveBuilder()
                .onMessage(Working.class, working -> {
                    board.report(name, "working", working.work());
                    return this;
                })
                .onMessage(Idle.class, _ -> {
                    board.report(name, "idle", "");
                    return this;
                })
                .onMessage(Broken.class, broken -> {
                    throw new IllegalStateException(
                            "The queue of " + name + " broke: " + broken.cause().getMessage(), broken.cause());
                })
                .onSignal(PreRestart.class, _ -> {
                    board.report(name, "restarting", "");
                    queue.stop();
                    return this;
                })
                .onSignal(PostStop.class, _ -> {
                    queue.stop();
                    if (!thread.join(LAST_ORDERS)) {
                        device.close(); // a picture in the making is not waited for
                        thread.join(LAST_ORDERS);
                    }
                    board.report(name, "stopped", "");
                    return this;
                })
                .build();
    }
}
