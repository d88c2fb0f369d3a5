package org.dreamboothactors.actors.trainer;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.dreamboothactors.actors.device.Device;
import org.dreamboothactors.actors.device.DeviceCommand;
import org.dreamboothactors.actors.device.DeviceRefused;
import org.dreamboothactors.actors.device.Gang;
import org.dreamboothactors.actors.device.Rank;
import org.dreamboothactors.actors.device.Recruits;
import org.dreamboothactors.actors.turns.Claim;
import org.dreamboothactors.actors.turns.Priorities;
import org.dreamboothactors.actors.turns.TenantLimits;
import org.dreamboothactors.actors.turns.Waiting;
import org.dreamboothactors.actors.work.BaseModels.BaseModel;
import org.dreamboothactors.actors.work.Node;
import org.dreamboothactors.actors.work.Outcome;
import org.dreamboothactors.actors.work.RunFolders;
import org.dreamboothactors.actors.work.Scratch;
import org.dreamboothactors.actors.work.Shift;
import org.dreamboothactors.actors.work.SteadyClock;
import org.dreamboothactors.actors.work.Worker;
import org.dreamboothactors.protocol.Events;
import org.dreamboothactors.protocol.RequestIds;
import org.dreamboothactors.protocol.Topics;
import org.dreamboothactors.protocol.v1.TrainRequest;
import org.dreamboothactors.protocol.v1.TrainingTaken;
import org.dreamboothactors.protocol.v1.TrainingYielded;
import org.dreamboothactors.storage.CommitLog;
import org.dreamboothactors.storage.CommitLog.Commit;
import org.dreamboothactors.storage.CommitLog.Kind;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Trains a run from its newest state on, until it is finished, or its slice is over and other work waits, or a run of
 * higher priority waits, or the shift is over.
 *
 * <p>What counts is the run's commit log: any number of trainers may be given the same run, at once or one after the
 * other, and at most one of them goes on.
 *
 * @param slice how long a run trains before other work of the device gets its turn
 * @param longestCommitInterval work at risk in a crash, at most
 * @param waiting what other work waits
 * @param limits what a tenant may have
 * @param recruits all devices of the node, for runs that want several
 * @param otherNodes whose devices are lent to runs that want more
 */
public record TrainRuns(
        Node node,
        Duration slice,
        Duration longestCommitInterval,
        Waiting waiting,
        TenantLimits limits,
        Recruits recruits,
        OtherNodes otherNodes,
        InstantSource clock)
        implements Worker<TrainRequest> {
    private static final Logger LOG = LoggerFactory.getLogger(TrainRuns.class);

    public TrainRuns(
            Node node,
            Duration slice,
            Duration longestCommitInterval,
            Waiting waiting,
            TenantLimits limits,
            Recruits recruits,
            OtherNodes otherNodes) {
        this(node, slice, longestCommitInterval, waiting, limits, recruits, otherNodes, SteadyClock.system());
    }

    @Override
    public Outcome work(TrainRequest request, Device.Turn device, Shift shift) {
        if (request.hasCall()) {
            return new Help(node, request).with(device, shift);
        }
        if (node.ended().contains(request.getRunId())) {
            StateCommits.removeAll(node.store(), request.getRunId());
        }
        return node.withModel(
                request.getRunId(),
                request.getBaseModel(),
                request.getBaseModelDigest(),
                reason -> fail(request, reason),
                model -> work(request, model, device, shift));
    }

    private Outcome work(TrainRequest request, BaseModel model, Device.Turn device, Shift shift) {
        try {
            return train(request, model, device, shift);
        } catch (RunLost e) {
            LOG.info("{} attempt {} stops: {}", request.getRunId(), request.getAttempt(), e.getMessage());
            // The same attempt: this record was given to two. Who still holds it goes on from what the other committed.
            return e.winner().attempt() > request.getAttempt()
                    ? new Outcome.Done()
                    : new Outcome.Again(String.valueOf(e.getMessage()));
        } catch (DeviceRefused | InvalidRun e) {
            return fail(request, String.valueOf(e.getMessage()));
        }
    }

    private Outcome train(TrainRequest request, BaseModel model, Device.Turn device, Shift shift) {
        CommitLog log = CommitLog.open(node.store(), RunFolders.commits(request.getRunId()));
        Verdicts verdicts = Verdicts.of(node.store(), request);
        Optional<Commit> published = log.newest(Kind.CHECKPOINT);
        published.ifPresent(commit ->
                Checkpoints.tell(node, request, commit, verdicts)); // whoever stored it may not have come to it
        if (published.isPresent() && published.get().step() >= verdicts.lastStep()) {
            StateCommits.removeAll(
                    node.store(), request.getRunId()); // whoever stored it may not have come to that either
            return new Outcome.Done();
        }
        Optional<Commit> newer = log.newest().filter(commit -> commit.attempt() > request.getAttempt());
        if (newer.isPresent()) {
            throw new RunLost(newer.get());
        }
        if (claim(request) == Claim.NOW) { // its record was written before the other run came
            return makeWay(request, log, Training.OUTRANKED);
        }
        tellTaken(request, device);
        return new Gathering(this, request, device, shift, log)
                .then((ranks, network) -> train(request, model, ranks, network, shift, log, verdicts));
    }

    /** What others want of the devices that the run has or is about to get. */
    Claim claim(TrainRequest request) {
        return recruits.areWantedAbove(priority(request)) ? Claim.NOW : waiting.claim(request.getRunId());
    }

    static int priority(TrainRequest request) {
        return Priorities.weight(request.getSpec().getPriority());
    }

    /** Gives the record up before anything was done. */
    Outcome makeWay(TrainRequest request, CommitLog log, String reason) {
        return makeWay(request, log, TrainingYielded.newBuilder().setReason(reason));
    }

    /** The same, for devices that may come: until then others go first. */
    Outcome waitForDevices(TrainRequest request, CommitLog log, String reason) {
        return makeWay(
                request, log, TrainingYielded.newBuilder().setReason(reason).setLacksDevices(true));
    }

    private Outcome makeWay(TrainRequest request, CommitLog log, TrainingYielded.Builder yielded) {
        long step = log.newest(Kind.STATE).map(Commit::step).orElse(0L);
        LOG.info("{} makes way at step {}: {}", request.getRunId(), step, yielded.getReason());
        Training.tellYielded(node, request, yielded.setStep(step));
        return new Outcome.Done();
    }

    private void tellTaken(TrainRequest request, Device.Turn device) {
        String delivery = request.getAttempt() + "-" + clock.millis();
        node.facts()
                .tell(Events.event(request.getRunId(), "training-taken-" + delivery)
                        .setTrainingTaken(TrainingTaken.newBuilder()
                                .setAttempt(request.getAttempt())
                                .setDevice(device.deviceName()))
                        .build());
    }

    private Outcome train(
            TrainRequest request,
            BaseModel model,
            List<? extends Rank> ranks,
            Optional<Gang.Network> network,
            Shift shift,
            CommitLog log,
            Verdicts verdicts) {
        try (Scratch scratch = node.scratch();
                SharedNumbers shared = SharedNumbers.of(
                        () -> SharedNumbers.gradientBytes(
                                model.folder(), request.getSpec().getTraining().getTrainTextEncoder()),
                        network.isPresent() ? 1 : ranks.size(),
                        scratch)) {
            Gang.Ground ground = network.isPresent() ? network.get() : new Gang.OneMachine(shared.file());
            Gang gang = new Gang(ranks, request.getRunId(), clock.millis(), ground);
            Workplace place = new Workplace(node, gang, shift, scratch, clock);
            Start start = Start.of(place, request, model, log);
            try (Training training = new Training(place, start.run(), log, verdicts, this)) {
                Outcome outcome = training.from(start.step());
                if (ranks.size() > 1 || !training.isPaused()) { // a paused run may come back to who had it alone
                    gang.ask(new DeviceCommand.CloseTrainer());
                }
                return outcome;
            }
        }
    }

    @Override
    public Outcome fail(TrainRequest request, String reason) {
        return fail(node, request, reason);
    }

    /** Tells that this attempt will not succeed. */
    public static Outcome fail(Node node, TrainRequest request, String reason) {
        if (request.hasCall()) { // whoever called goes on without
            LOG.warn("{} cannot be helped here: {}", request.getRunId(), reason);
            return new Outcome.Done();
        }
        return node.fail(request.getRunId(), Topics.TRAIN_STEP, RequestIds.training(request.getAttempt()), reason);
    }
}
