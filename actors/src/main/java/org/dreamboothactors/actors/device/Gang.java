package org.dreamboothactors.actors.device;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import org.dreamboothactors.actors.device.DeviceAnswer.DoorOpened;
import org.dreamboothactors.actors.device.DeviceAnswer.Progress;
import org.dreamboothactors.actors.device.DeviceAnswer.Saved;
import org.dreamboothactors.actors.device.DeviceAnswer.Stepped;
import org.dreamboothactors.actors.device.DeviceAnswer.TrainerOpened;
import org.dreamboothactors.diffusion.StepResult;

/**
 * The devices that train one run together; rank 0 does all that need not be done by each. Asked by one thread.
 *
 * <p>They stand and fall together: when one is lost or refuses, the children of all are killed, because what they hold is
 * of a step that the others will not finish.
 */
public final class Gang {
    private static final Executor ASKING = Executors.newVirtualThreadPerTaskExecutor();

    private final List<Rank> ranks;
    private final String run;
    private final long number;
    private final Ground ground;

    /** Where its ranks meet. */
    public sealed interface Ground {}

    /**
     * All are of this machine.
     *
     * @param file they will map, in a folder that exists
     */
    public record OneMachine(Path file) implements Ground {}

    /**
     * Some are of other machines.
     *
     * @param hosts by rank: where the others call it
     */
    public record Network(List<String> hosts) implements Ground {
        public Network {
            hosts = List.copyOf(hosts);
        }
    }

    /**
     * A gang of ranks that stay the caller's.
     *
     * @param ranks by rank; the first is of this node
     * @param number grows with every gang of the run
     */
    public Gang(List<? extends Rank> ranks, String run, long number, Ground ground) {
        this.ranks = List.copyOf(ranks);
        this.run = run;
        this.number = number;
        this.ground = ground;
    }

    /** Of all, e.g. {@code cpu:0, cpu:1}. */
    public String deviceName() {
        return ranks.stream().map(Rank::deviceName).collect(Collectors.joining(", "));
    }

    /**
     * What a step showed, and what it was for each rank.
     *
     * @param ranks by rank
     */
    public record Step(StepResult result, List<RankStep> ranks) {
        public Step {
            ranks = List.copyOf(ranks);
        }
    }

    /** One optimizer step of all. Throws {@link DeviceLost} or {@link DeviceRefused}. */
    public Step trainStep() {
        List<Stepped> steps = all(_ -> new DeviceCommand.TrainStep()).stream()
                .map(Stepped.class::cast)
                .toList();
        List<RankStep> costs = new ArrayList<>();
        for (int rank = 0; rank < steps.size(); rank++) {
            Rank device = ranks.get(rank);
            costs.add(new RankStep(device.deviceName(), steps.get(rank).cost(), device.peakMemoryBytes()));
        }
        return new Step(steps.getFirst().result(), costs);
    }

    /** As {@link #ask(DeviceCommand, Consumer)} for something that does not take long. */
    public DeviceAnswer ask(DeviceCommand command) {
        return ask(command, _ -> {});
    }

    /** As {@link #ask(DeviceCommand)} for something that is answered in one way only. */
    public <T extends DeviceAnswer> T ask(DeviceCommand command, Class<T> answer) {
        return answer.cast(ask(command));
    }

    /**
     * Asks rank 0, or all where all have to do it; what is saved is saved only while all have the same weights. Throws
     * {@link DeviceLost} or {@link DeviceRefused}.
     */
    public DeviceAnswer ask(DeviceCommand command, Consumer<Progress> progress) {
        return switch (command) {
            case DeviceCommand.OpenTrainer open -> open(open);
            case DeviceCommand.ResumeTrainer _ ->
                ranks.size() == 1
                        ? leader().ask(command, progress)
                        : all(_ -> new DeviceCommand.CloseTrainer()).getFirst();
            case DeviceCommand.TrainStep _, DeviceCommand.CloseTrainer _ ->
                all(_ -> command).getFirst();
            case DeviceCommand.SaveState _, DeviceCommand.SaveCheckpoint _ -> {
                compareWeights();
                yield leader().ask(command, progress);
            }
            case DeviceCommand.FindDevice _,
                    DeviceCommand.Encode _,
                    DeviceCommand.Draw _,
                    DeviceCommand.DrawTrained _,
                    DeviceCommand.OpenDoor _,
                    DeviceCommand.DigestWeights _,
                    DeviceCommand.CheckCheckpoint _,
                    DeviceCommand.JudgePictures _ -> leader().ask(command, progress);
        };
    }

    private DeviceAnswer open(DeviceCommand.OpenTrainer open) {
        if (ranks.size() == 1) {
            return leader().ask(open, _ -> {});
        }
        List<RankPlace.Way> ways = ways();
        List<DeviceAnswer> opened = all(rank -> new DeviceCommand.OpenTrainer(
                open.run(),
                open.model(),
                open.config(),
                open.data(),
                open.state(),
                Optional.of(new RankPlace(run, number, rank, ranks.size(), ways.get(rank)))));
        List<Beginning> different = opened.stream()
                .map(TrainerOpened.class::cast)
                .map(Beginning::of)
                .distinct()
                .toList();
        boolean elsewhere = different.stream().map(Beginning::step).distinct().count() > 1;
        if (different.size() > 1 && ground instanceof Network && !elsewhere) {
            kill();
            throw new DeviceRefused(
                    "its devices do not begin alike: " + different + ". Give all nodes processors of one"
                            + " kind and the same threads-per-device, and the run a precision");
        }
        if (different.size() > 1) { // another step: a state was committed while they came together
            throw broken("its ranks do not begin alike: " + different);
        }
        return opened.getFirst();
    }

    /** What ranks must have in common; how fast each of them is they may differ in. */
    private record Beginning(long step, String environment) {
        static Beginning of(TrainerOpened opened) {
            return new Beginning(opened.step(), opened.environment());
        }
    }

    private List<RankPlace.Way> ways() {
        return switch (ground) {
            case OneMachine(Path file) -> Collections.nCopies(ranks.size(), new RankPlace.SharedFile(file));
            case Network(List<String> hosts) -> {
                List<DeviceAnswer> doors = all(rank -> new DeviceCommand.OpenDoor(hosts.get(rank)));
                List<RankPlace.Way> ways = new ArrayList<>();
                for (int rank = 0; rank < ranks.size(); rank++) {
                    int next = (rank + 1) % ranks.size();
                    ways.add(new RankPlace.Ring(
                            hosts.get(next),
                            DoorOpened.class.cast(doors.get(next)).port()));
                }
                yield ways;
            }
        };
    }

    private void compareWeights() {
        if (ranks.size() == 1) {
            return;
        }
        List<String> digests = all(_ -> new DeviceCommand.DigestWeights()).stream()
                .map(answer -> Saved.class.cast(answer).weightsSha256())
                .distinct()
                .toList();
        if (digests.size() > 1) {
            throw broken("its ranks have other weights than each other: " + digests);
        }
    }

    /** Asks all at once; the first trouble is that of the gang. */
    private List<DeviceAnswer> all(IntFunction<DeviceCommand> command) {
        if (ranks.size() == 1) {
            return List.of(leader().ask(command.apply(0), _ -> {}));
        }
        AtomicReference<Optional<Throwable>> trouble = new AtomicReference<>(Optional.empty());
        List<CompletableFuture<DeviceAnswer>> asked = new ArrayList<>();
        for (int rank = 0; rank < ranks.size(); rank++) {
            Rank device = ranks.get(rank);
            DeviceCommand mine = command.apply(rank);
            asked.add(CompletableFuture.supplyAsync(() -> device.ask(mine, _ -> {}), ASKING)
                    .whenComplete((_, failure) -> {
                        if (failure != null && trouble.compareAndSet(Optional.empty(), Optional.of(failure))) {
                            kill();
                        }
                    }));
        }
        List<DeviceAnswer> answers = asked.stream()
                .map(answer ->
                        answer.exceptionally(_ -> new DeviceAnswer.Done()).join())
                .toList();
        if (trouble.get().isPresent()) {
            Throwable first = trouble.get().get();
            Throwable cause = first instanceof CompletionException wrapped && wrapped.getCause() != null
                    ? wrapped.getCause()
                    : first;
            throw cause instanceof RuntimeException known ? known : new IllegalStateException(cause);
        }
        return answers;
    }

    private DeviceLost broken(String why) {
        kill();
        return new DeviceLost(deviceName(), why);
    }

    private void kill() {
        ranks.forEach(Rank::kill);
    }

    private Rank leader() {
        return ranks.getFirst();
    }
}
