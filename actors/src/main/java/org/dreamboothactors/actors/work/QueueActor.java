package org.dreamboothactors.actors.work;

import com.google.protobuf.Message;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.PreRestart;
import org.apache.pekko.actor.typed.Signal;
import org.apache.pekko.actor.typed.SupervisorStrategy;
import org.apache.pekko.actor.typed.javadsl.AbstractMatchingBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.dreamboothactors.actors.board.StatusSink;
import org.dreamboothactors.actors.device.Device;

/**
 * The actor around one work queue of one device: encoder, inference or trainer, depending on its worker.
 *
 * <p>Kafka's client blocks, so it runs on a thread of its own and only tells this actor what it does. When that thread
 * dies the actor fails, and its supervisor starts it anew after a pause that grows. Told to {@link Stop}, it stops when
 * the record in work is given back; after its last orders the device's child JVM is killed for that.
 */
public final class QueueActor<T extends Message> extends AbstractMatchingBehavior<QueueActor.Command> {
    private static final Duration SHORTEST_PAUSE = Duration.ofMillis(500);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
    private static final Duration GOOD_TIME = Duration.ofMinutes(1);
    /** For what remains when the device is gone. */
    private static final Duration WITHOUT_DEVICE = Duration.ofSeconds(10);

    private final StatusSink board;
    private final Device device;
    private final Duration lastOrders;
    private final String name;
    private final TimerScheduler<Command> timers;
    private final ShareQueue<T> queue;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    /** Written by the actor alone. */
    private volatile boolean hasRecord;

    /** What the actor is told. */
    public sealed interface Command {}

    /** Take no more work, give back what is in work, then stop. */
    public record Stop() implements Command {}

    private record Working(String work) implements Command {}

    private record Idle() implements Command {}

    private record Unfit(String ailment) implements Command {}

    /** The thread of a queue is over; of an earlier one, where the actor was restarted. */
    private record Ended(ShareQueue<?> queue) implements Command {}

    private record Broken(ShareQueue<?> queue, Throwable cause) implements Command {}

    /** The queue is still busy some time after it was to stop. */
    private record Overdue() implements Command {}

    /** And still is, without its device. */
    private record GivenUp() implements Command {}

    /**
     * A supervised actor.
     *
     * @param name path on the board, e.g. {@code device-cpu-0/trainer}
     * @param fitness of this queue alone
     */
    public static <T extends Message> Behavior<Command> create(
            String name,
            QueueSettings<T> settings,
            Device device,
            Worker<T> worker,
            Fitness fitness,
            StatusSink board) {
        return Behaviors.supervise(Behaviors.<Command>setup(context -> Behaviors.withTimers(
                        timers -> new QueueActor<>(context, timers, name, settings, device, worker, fitness, board))))
                .onFailure(SupervisorStrategy.restartWithBackoff(SHORTEST_PAUSE, LONGEST_PAUSE, 0.2)
                        .withResetBackoffAfter(GOOD_TIME));
    }

    private QueueActor(
            ActorContext<Command> context,
            TimerScheduler<Command> timers,
            String name,
            QueueSettings<T> settings,
            Device device,
            Worker<T> worker,
            Fitness fitness,
            StatusSink board) {
        super(context);
        this.board = board;
        this.device = device;
        this.lastOrders = settings.lastOrders();
        this.name = name;
        this.timers = timers;
        board.report(name, "starting", "");
        ActorRef<Command> self = context.getSelf();
        queue = new ShareQueue<>(settings, device, worker, fitness, listener(self), SteadyClock.system());
        Thread.ofPlatform().daemon().name("queue-" + settings.topic()).start(() -> run(self));
    }

    private void run(ActorRef<Command> self) {
        try {
            queue.run();
            self.tell(new Ended(queue));
        } catch (Throwable e) { // an Error too must not leave an actor whose queue is dead
            self.tell(new Broken(queue, e));
        } finally {
            ended.complete(null);
        }
    }

    private static ShareQueue.Listener listener(ActorRef<Command> self) {
        return new ShareQueue.Listener() {
            @Override
            public void working(String work) {
                self.tell(new Working(work));
            }

            @Override
            public void idle() {
                self.tell(new Idle());
            }

            @Override
            public void unfit(String ailment) {
                self.tell(new Unfit(ailment));
            }
        };
    }

    @Override
    public Behavior<Command> onMessage(Command command) {
        return switch (command) {
            case Working(String work) -> {
                hasRecord = true;
                yield report("working", work);
            }
            case Idle _ -> {
                hasRecord = false;
                yield report("idle", "");
            }
            case Unfit(String ailment) -> report("unfit", ailment);
            case Stop _ -> onStop();
            case Ended(ShareQueue<?> which) -> which == queue ? Behaviors.stopped() : this;
            case Broken(ShareQueue<?> which, Throwable cause) -> onBroken(which, cause);
            case Overdue _ -> onOverdue();
            case GivenUp _ -> Behaviors.stopped();
        };
    }

    @Override
    public Behavior<Command> onSignal(Signal signal) throws Exception {
        if (signal instanceof PreRestart) {
            queue.stop();
            report("restarting", "");
        } else if (signal instanceof PostStop) {
            queue.stop();
            killUnlessItEnds();
            report("stopped", "");
        }
        return super.onSignal(signal);
    }

    private Behavior<Command> onStop() {
        queue.stop();
        timers.startSingleTimer(new Overdue(), lastOrders);
        return this;
    }

    private Behavior<Command> onOverdue() {
        killDevice(); // what takes so long is not waited for
        timers.startSingleTimer(new GivenUp(), WITHOUT_DEVICE);
        return this;
    }

    private Behavior<Command> onBroken(ShareQueue<?> which, Throwable cause) {
        if (which == queue) {
            throw new IllegalStateException("The queue of " + name + " broke: " + cause.getMessage(), cause);
        }
        return this;
    }

    /** For an actor that is stopped from above, without having been asked to. */
    private void killUnlessItEnds() {
        var _ = ended.orTimeout(lastOrders.toMillis(), TimeUnit.MILLISECONDS).whenComplete((_, late) -> {
            if (late != null) {
                killDevice();
            }
        });
    }

    /** Not where another queue has it: this one is late for another reason. */
    private void killDevice() {
        if (hasRecord) {
            device.kill();
        }
    }

    private Behavior<Command> report(String state, String work) {
        board.report(name, state, work);
        return this;
    }
}
