package org.dreamboothactors.actors;

import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractMatchingBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.dreamboothactors.actors.board.StatusSink;
import org.dreamboothactors.actors.coordinator.CoordinatorActor;
import org.dreamboothactors.actors.coordinator.CoordinatorSettings;
import org.dreamboothactors.actors.device.Device;
import org.dreamboothactors.actors.device.Recruits;
import org.dreamboothactors.actors.encoder.EncodeLatents;
import org.dreamboothactors.actors.inference.DrawPictures;
import org.dreamboothactors.actors.intake.Intake;
import org.dreamboothactors.actors.trainer.OtherNodes;
import org.dreamboothactors.actors.trainer.TrainRuns;
import org.dreamboothactors.actors.work.InOrderOfPriority;
import org.dreamboothactors.actors.work.Node;
import org.dreamboothactors.actors.work.QueueActor;
import org.dreamboothactors.actors.work.QueueSettings;
import org.dreamboothactors.actors.work.Worker;
import org.dreamboothactors.protocol.Topics;
import org.dreamboothactors.protocol.v1.GenerationRequest;
import org.dreamboothactors.protocol.v1.LatentRequest;
import org.dreamboothactors.protocol.v1.TrainRequest;

/** Parent of all that works on a node: intake, coordinator, and on each device an encoder, a painter and a trainer. */
final class Guardian extends AbstractMatchingBehavior<Guardian.Command> {
    /** A picture in the making is not waited for: it is drawn again elsewhere. */
    private static final Duration SOON = Duration.ofSeconds(10);

    private final ServiceSettings settings;
    private final Node node;
    private final List<Device> devices;
    private final Set<ActorRef<QueueActor.Command>> queues = new HashSet<>();
    private final List<ActorRef<CoordinatorActor.Command>> coordinators = new ArrayList<>();
    private Optional<ActorRef<Drained>> drain = Optional.empty();

    sealed interface Command {}

    /** Start the work, and report it to a board. */
    record Launch(StatusSink board, ActorRef<Launched> replyTo) implements Command {}

    record Launched() {}

    /** Take no more work, and bring to a good end what is in work. Each actor bounds its own. */
    record Drain(ActorRef<Drained> replyTo) implements Command {}

    record Drained() {}

    private record QueueGone(ActorRef<QueueActor.Command> queue) implements Command {}

    private record CoordinatorGone(ActorRef<CoordinatorActor.Command> coordinator) implements Command {}

    static Behavior<Command> create(ServiceSettings settings, Node node, List<Device> devices) {
        return Behaviors.setup(context -> new Guardian(context, settings, node, devices));
    }

    private Guardian(ActorContext<Command> context, ServiceSettings settings, Node node, List<Device> devices) {
        super(context);
        this.settings = settings;
        this.node = node;
        this.devices = List.copyOf(devices);
    }

    @Override
    public Behavior<Command> onMessage(Command command) {
        return switch (command) {
            case Launch(StatusSink board, ActorRef<Launched> replyTo) -> onLaunch(board, replyTo);
            case Drain(ActorRef<Drained> replyTo) -> onDrain(replyTo);
            case QueueGone(ActorRef<QueueActor.Command> queue) -> onQueueGone(queue);
            case CoordinatorGone(ActorRef<CoordinatorActor.Command> coordinator) -> onCoordinatorGone(coordinator);
        };
    }

    private Behavior<Command> onLaunch(StatusSink board, ActorRef<Launched> replyTo) {
        ActorRef<Intake.Command> intake = getContext()
                .spawn(Intake.create(node.store(), settings.workDirectory(), node.ended()::contains, board), "intake");
        CoordinatorSettings coordination = new CoordinatorSettings(
                settings.kafka(),
                node.store(),
                node.models(),
                settings.defaultBaseModel(),
                settings.classImageGroupSize(),
                node.ended().turns(),
                node.ended().usages(),
                node.ended().belongings(),
                settings.limits());
        ActorRef<CoordinatorActor.Command> coordinator =
                getContext().spawn(CoordinatorActor.create(coordination, intake, board), "coordinator");
        getContext().watchWith(coordinator, new CoordinatorGone(coordinator));
        coordinators.add(coordinator);
        TrainRuns trainer = new TrainRuns(
                node,
                settings.trainSlice(),
                settings.maxCommitInterval(),
                node.ended().waiting(),
                settings.limits(),
                new Recruits(devices),
                new OtherNodes(settings.kafka()));
        for (Device device : devices) {
            queue(
                    device,
                    "encoder",
                    settings(Topics.LATENT_CACHE, LatentRequest.parser(), SOON),
                    new InOrderOfPriority<>(
                            new EncodeLatents(node),
                            node.ended().precedence(),
                            EncodeLatents.KIND,
                            new InOrderOfPriority.OnTopic<>(node.facts(), EncodeLatents.KIND)),
                    board);
            queue(
                    device,
                    "inference",
                    settings(Topics.REG_GENERATION, GenerationRequest.parser(), SOON),
                    new InOrderOfPriority<>(
                            new DrawPictures(node),
                            node.ended().precedence(),
                            DrawPictures.KIND,
                            new InOrderOfPriority.OnTopic<>(node.facts(), DrawPictures.KIND)),
                    board);
            queue(
                    device,
                    "trainer",
                    settings(Topics.TRAIN_STEP, TrainRequest.parser(), settings.stopPatience()),
                    trainer,
                    board);
        }
        replyTo.tell(new Launched());
        return this;
    }

    private <T extends Message> QueueSettings<T> settings(String topic, Parser<T> parser, Duration lastOrders) {
        return new QueueSettings<>(topic, parser, settings.kafka(), lastOrders);
    }

    private <T extends Message> void queue(
            Device device, String role, QueueSettings<T> queue, Worker<T> worker, StatusSink board) {
        String name = DreamBoothService.fileName(device.name());
        ActorRef<QueueActor.Command> actor = getContext()
                .spawn(
                        QueueActor.create("device-" + name + "/" + role, queue, device, worker, node.fitness(), board),
                        "device-" + name + "-" + role);
        getContext().watchWith(actor, new QueueGone(actor));
        queues.add(actor);
    }

    private Behavior<Command> onDrain(ActorRef<Drained> replyTo) {
        drain = Optional.of(replyTo);
        queues.forEach(queue -> queue.tell(new QueueActor.Stop()));
        return goOnDraining();
    }

    private Behavior<Command> onQueueGone(ActorRef<QueueActor.Command> queue) {
        queues.remove(queue);
        return goOnDraining();
    }

    private Behavior<Command> onCoordinatorGone(ActorRef<CoordinatorActor.Command> coordinator) {
        coordinators.remove(coordinator);
        return goOnDraining();
    }

    /** Workers first: the coordinator still hears what they tell at the end. */
    private Behavior<Command> goOnDraining() {
        if (drain.isPresent() && queues.isEmpty()) {
            coordinators.forEach(coordinator -> coordinator.tell(new CoordinatorActor.Stop()));
            if (coordinators.isEmpty()) {
                drain.get().tell(new Drained());
            }
        }
        return this;
    }
}
