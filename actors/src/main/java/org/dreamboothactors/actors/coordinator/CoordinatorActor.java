package org.dreamboothactors.actors.coordinator;

import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
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
import org.dreamboothactors.actors.intake.Intake;
import org.dreamboothactors.protocol.v1.RunErased;
import org.dreamboothactors.protocol.v1.SubjectUpload;

/**
 * The actor around this node's share of the coordination.
 *
 * <p>Kafka's clients block, so they run on a thread of their own, which tells this actor what it does and what it wants
 * of the intake. When that thread dies, also because another node took its partitions, the actor fails and its supervisor
 * starts it anew after a pause that grows; everything is read again from the runs' history.
 */
public final class CoordinatorActor extends AbstractMatchingBehavior<CoordinatorActor.Command> {
    private static final String NAME = "coordinator";
    private static final Duration SHORTEST_PAUSE = Duration.ofMillis(500);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
    private static final Duration GOOD_TIME = Duration.ofMinutes(1);
    private static final Duration LAST_ORDERS = Duration.ofSeconds(10);

    private final StatusSink board;
    private final ActorRef<Intake.Command> intake;
    private final ActorRef<Intake.Judged> verdicts;
    private final TimerScheduler<Command> timers;
    private final Coordination coordination;
    private final ExecutorService erasures = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("eraser").factory());
    private final Eraser eraser;
    /** Runs that it has in hand. */
    private final Set<String> leaving = new HashSet<>();

    private final Map<Integer, Integer> openRuns = new TreeMap<>();

    /** What the actor is told. */
    public sealed interface Command {}

    /** Finish the transaction under way, leave the partitions to others, then stop. */
    public record Stop() implements Command {}

    private record Photos(SubjectUpload upload) implements Command {}

    private record Verdicts(Intake.Judged judged) implements Command {}

    private record Erase(Erasing erasing) implements Command {}

    private record Erased(String runId, RunErased gone) implements Command {}

    /** The partition asks again after a while. */
    private record NotErased(String runId, Throwable cause) implements Command {}

    private record Coordinates(int partition, int openRuns) implements Command {}

    private record Leaves(int partition) implements Command {}

    /** The coordination's thread is over; of an earlier one, where the actor was restarted. */
    private record Ended(Coordination coordination) implements Command {}

    private record Broken(Coordination coordination, Throwable cause) implements Command {}

    /** The coordination did not end some time after it was to. */
    private record GivenUp() implements Command {}

    /** A supervised actor. */
    public static Behavior<Command> create(
            CoordinatorSettings settings, ActorRef<Intake.Command> intake, StatusSink board) {
        return Behaviors.supervise(Behaviors.<Command>setup(context ->
                        Behaviors.withTimers(timers -> new CoordinatorActor(context, timers, settings, intake, board))))
                .onFailure(SupervisorStrategy.restartWithBackoff(SHORTEST_PAUSE, LONGEST_PAUSE, 0.2)
                        .withResetBackoffAfter(GOOD_TIME));
    }

    private CoordinatorActor(
            ActorContext<Command> context,
            TimerScheduler<Command> timers,
            CoordinatorSettings settings,
            ActorRef<Intake.Command> intake,
            StatusSink board) {
        super(context);
        this.board = board;
        this.intake = intake;
        this.timers = timers;
        this.verdicts = context.messageAdapter(Intake.Judged.class, Verdicts::new);
        this.eraser = new Eraser(settings.store(), settings.belongings(), erasures);
        board.report(NAME, "starting", "");
        ActorRef<Command> self = context.getSelf();
        Coordination started = new Coordination(settings, new Telling(self), InstantSource.system());
        coordination = started;
        Thread.ofPlatform().daemon().name(NAME).start(() -> run(started, self));
    }

    private static void run(Coordination coordination, ActorRef<Command> self) {
        try {
            coordination.run();
            self.tell(new Ended(coordination));
        } catch (Throwable e) { // an Error too must not leave an actor that coordinates nothing
            self.tell(new Broken(coordination, e));
        }
    }

    @Override
    public Behavior<Command> onMessage(Command command) {
        return switch (command) {
            case Photos(SubjectUpload upload) -> {
                intake.tell(new Intake.Judge(upload, verdicts));
                yield this;
            }
            case Verdicts(Intake.Judged judged) -> {
                coordination.judged(judged.runId(), judged.verdicts());
                yield this;
            }
            case Erase(Erasing erasing) -> onErase(erasing);
            case Erased(String runId, RunErased gone) -> {
                leaving.remove(runId);
                coordination.erased(runId, gone);
                yield this;
            }
            case NotErased(String runId, Throwable cause) -> {
                leaving.remove(runId);
                getContext().getLog().warn("Cannot erase {} now: {}", runId, cause.getMessage());
                yield this;
            }
            case Coordinates(int partition, int open) -> onCoordinates(partition, open);
            case Leaves(int partition) -> onLeaves(partition);
            case Stop _ -> onStop();
            case Ended(Coordination which) -> which.equals(coordination) ? Behaviors.stopped() : this;
            case Broken(Coordination which, Throwable cause) -> onBroken(which, cause);
            case GivenUp _ -> Behaviors.stopped();
        };
    }

    @Override
    public Behavior<Command> onSignal(Signal signal) throws Exception {
        if (signal instanceof PreRestart) {
            end("restarting");
        } else if (signal instanceof PostStop) {
            end("stopped");
        }
        return super.onSignal(signal);
    }

    private Behavior<Command> onErase(Erasing erasing) {
        if (leaving.add(erasing.runId())) {
            getContext()
                    .pipeToSelf(
                            eraser.erase(erasing),
                            (gone, failure) -> gone == null
                                    ? new NotErased(erasing.runId(), Objects.requireNonNull(failure))
                                    : new Erased(erasing.runId(), gone));
        }
        return this;
    }

    private Behavior<Command> onCoordinates(int partition, int open) {
        openRuns.put(partition, open);
        report(name(partition), open);
        return reportAll();
    }

    private Behavior<Command> onLeaves(int partition) {
        openRuns.remove(partition);
        board.report(name(partition), "stopped", "");
        return reportAll();
    }

    private Behavior<Command> onStop() {
        coordination.stop();
        timers.startSingleTimer(new GivenUp(), LAST_ORDERS);
        return this;
    }

    private Behavior<Command> onBroken(Coordination which, Throwable cause) {
        if (which.equals(coordination)) {
            throw new IllegalStateException("The coordination broke: " + cause.getMessage(), cause);
        }
        return this;
    }

    private Behavior<Command> reportAll() {
        report(NAME, openRuns.values().stream().mapToInt(Integer::intValue).sum());
        return this;
    }

    private void report(String actor, int open) {
        String runs = open == 1 ? "1 open run" : open + " open runs";
        board.report(actor, open == 0 ? "idle" : "working", open == 0 ? "" : runs);
    }

    private void end(String state) {
        coordination.stop();
        erasures.shutdown();
        openRuns.keySet().forEach(partition -> board.report(name(partition), state, ""));
        board.report(NAME, state, "");
    }

    private static String name(int partition) {
        return NAME + "/partition-" + partition;
    }

    /** Hears on the coordination's thread and passes on what is news. */
    private static final class Telling implements Coordination.Listener {
        private final ActorRef<Command> actor;
        private final Map<Integer, Integer> told = new TreeMap<>();

        Telling(ActorRef<Command> actor) {
            this.actor = actor;
        }

        @Override
        public void judge(SubjectUpload upload) {
            actor.tell(new Photos(upload));
        }

        @Override
        public void erase(Erasing erasing) {
            actor.tell(new Erase(erasing));
        }

        @Override
        public void coordinates(int partition, int openRuns) {
            if (!Integer.valueOf(openRuns).equals(told.put(partition, openRuns))) {
                actor.tell(new Coordinates(partition, openRuns));
            }
        }

        @Override
        public void leaves(int partition) {
            told.remove(partition);
            actor.tell(new Leaves(partition));
        }
    }
}
