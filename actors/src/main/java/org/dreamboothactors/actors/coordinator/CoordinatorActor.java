package org.dreamboothactors.actors.coordinator;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.TreeMap;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.PreRestart;
import org.apache.pekko.actor.typed.SupervisorStrategy;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.dreamboothactors.actors.board.StatusSink;
import org.dreamboothactors.actors.intake.Intake;
import org.dreamboothactors.protocol.v1.SubjectUpload;

/**
 * The actor around this node's share of the coordination.
 *
 * <p>Kafka's clients block, so they run on a thread of their own, which tells this actor what it does and what it wants
 * of the intake. When that thread dies, also because another node took its partitions, the actor fails and its supervisor
 * starts it anew after a pause that grows; everything is read again from the runs' history.
 */
public final class CoordinatorActor extends AbstractBehavior<CoordinatorActor.Heard> {
    private static final String NAME = "coordinator";
    private static final Duration SHORTEST_PAUSE = Duration.ofMillis(500);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
    private static final Duration GOOD_TIME = Duration.ofMinutes(1);
    private static final Duration LAST_ORDERS = Duration.ofSeconds(10);

    private final StatusSink board;
    private final ActorRef<Intake.Command> intake;
    private final ActorRef<Intake.Judged> verdicts;
    private final Coordination coordination;
    private final Thread thread;
    private final Map<Integer, Integer> openRuns = new TreeMap<>();

    /** What the coordination's thread and the intake tell. */
    public sealed interface Heard {}

    private record Photos(SubjectUpload upload) implements Heard {}

    private record Verdicts(Intake.Judged judged) implements Heard {}

    private record Coordinates(int partition, int openRuns) implements Heard {}

    private record Leaves(int partition) implements Heard {}

    private record Broken(Throwable cause) implements Heard {}

    /** A supervised actor. */
    public static Behavior<Heard> create(
            CoordinatorSettings settings, ActorRef<Intake.Command> intake, StatusSink board) {
        return Behaviors.supervise(
                        Behaviors.<Heard>setup(context -> new CoordinatorActor(context, settings, intake, board)))
                .onFailure(SupervisorStrategy.restartWithBackoff(SHORTEST_PAUSE, LONGEST_PAUSE, 0.2)
                        .withResetBackoffAfter(GOOD_TIME));
    }

    private CoordinatorActor(
            ActorContext<Heard> context,
            CoordinatorSettings settings,
            ActorRef<Intake.Command> intake,
            StatusSink board) {
        super(context);
        this.board = board;
        this.intake = intake;
        this.verdicts = context.messageAdapter(Intake.Judged.class, Verdicts::new);
        board.report(NAME, "starting", "");
        coordination = new Coordination(settings, new Telling(context.getSelf()), InstantSource.system());
        Coordination started = coordination;
        ActorRef<Heard> self = context.getSelf();
        thread = Thread.ofPlatform().name(NAME).start(() -> {
            try {
                started.run();
            } catch (RuntimeException e) {
                self.tell(new Broken(e));
            }
        });
    }

    @Override
    public Receive<Heard> createReceive() {
        return newReceiveBuilder()
                .onMessage(Photos.class, photos -> {
                    intake.tell(new Intake.Judge(photos.upload(), verdicts));
                    return this;
                })
                .onMessage(Verdicts.class, heard -> {
                    coordination.judged(heard.judged().runId(), heard.judged().verdicts());
                    return this;
                })
                .onMessage(Coordinates.class, partition -> {
                    openRuns.put(partition.partition(), partition.openRuns());
                    report(partition.partition(), partition.openRuns());
                    return this;
                })
                .onMessage(Leaves.class, partition -> {
                    openRuns.remove(partition.partition());
                    board.report(name(partition.partition()), "stopped", "");
                    return this;
                })
                .onMessage(Broken.class, broken -> {
                    throw new IllegalStateException(
                            "The coordination broke: " + broken.cause().getMessage(), broken.cause());
                })
                .onSignal(PreRestart.class, _ -> {
                    end("restarting");
                    return this;
                })
                .onSignal(PostStop.class, _ -> {
                    end("stopped");
                    thread.join(LAST_ORDERS); // a transaction under way is finished
                    return this;
                })
                .build();
    }

    private void report(int partition, int open) {
        board.report(name(partition), open == 0 ? "idle" : "working", open == 0 ? "" : runs(open));
        int all = openRuns.values().stream().mapToInt(Integer::intValue).sum();
        board.report(NAME, all == 0 ? "idle" : "working", all == 0 ? "" : runs(all));
    }

    private void end(String state) {
        coordination.stop();
        openRuns.keySet().forEach(partition -> board.report(name(partition), state, ""));
        board.report(NAME, state, "");
    }

    private static String runs(int open) {
        return open == 1 ? "1 open run" : open + " open runs";
    }

    private static String name(int partition) {
        return NAME + "/partition-" + partition;
    }

    /** Hears on the coordination's thread and passes on what is news. */
    private static final class Telling implements Coordination.Listener {
        private final ActorRef<Heard> actor;
        private final Map<Integer, Integer> told = new TreeMap<>();

        Telling(ActorRef<Heard> actor) {
            this.actor = actor;
        }

        @Override
        public void judge(SubjectUpload upload) {
            actor.tell(new Photos(upload));
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
