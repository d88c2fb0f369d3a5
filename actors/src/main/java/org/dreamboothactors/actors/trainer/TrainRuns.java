package org.dreamboothactors.actors.trainer;

import java.net.InetAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.dreamboothactors.actors.device.Device;
import org.dreamboothactors.actors.device.DeviceCommand;
import org.dreamboothactors.actors.device.DeviceRefused;
import org.dreamboothactors.actors.device.Gang;
import org.dreamboothactors.actors.device.HelpersDoor;
import org.dreamboothactors.actors.device.Rank;
import org.dreamboothactors.actors.device.Recruits;
import org.dreamboothactors.actors.device.RemoteRank;
import org.dreamboothactors.actors.turns.Claim;
import org.dreamboothactors.actors.turns.Priorities;
import org.dreamboothactors.actors.turns.TenantLimits;
import org.dreamboothactors.actors.turns.Waiting;
import org.dreamboothactors.actors.work.BaseModels.BaseModel;
import org.dreamboothactors.actors.work.Node;
import org.dreamboothactors.actors.work.Outcome;
import org.dreamboothactors.actors.work.Scratch;
import org.dreamboothactors.actors.work.Shift;
import org.dreamboothactors.actors.work.SteadyClock;
import org.dreamboothactors.actors.work.Worker;
import org.dreamboothactors.protocol.Events;
import org.dreamboothactors.protocol.Topics;
import org.dreamboothactors.protocol.v1.TrainRequest;
import org.dreamboothactors.protocol.v1.TrainingTaken;
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
 * @param calls for those of other nodes, for runs that want more
 */
public record TrainRuns(
        Node node,
        Duration slice,
        Duration longestCommitInterval,
        Waiting waiting,
        TenantLimits limits,
        Recruits recruits,
        GangCalls calls,
        InstantSource clock)
        implements Worker<TrainRequest> {
    private static final Logger LOG = LoggerFactory.getLogger(TrainRuns.class);

    /** What is done once all devices are there. */
    private interface WithRanks {
        Outcome train(List<? extends Rank> ranks, Optional<Gang.Network> network);
    }

    public TrainRuns(
            Node node,
            Duration slice,
            Duration longestCommitInterval,
            Waiting waiting,
            TenantLimits limits,
            Recruits recruits,
            GangCalls calls) {
        this(node, slice, longestCommitInterval, waiting, limits, recruits, calls, SteadyClock.system());
    }

    @Override
    public Outcome work(TrainRequest request, Device.Turn device, Shift shift) {
        if (request.hasCall()) {
            return new Help(node, request).with(device, shift);
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
        CommitLog log = CommitLog.open(node.store(), RunInWork.prefix(request.getRunId()));
        Verdicts verdicts = Verdicts.of(node.store(), request);
        Optional<Commit> published = log.newest(Kind.CHECKPOINT);
        published.ifPresent(commit ->
                Checkpoints.tell(node, request, commit, verdicts)); // whoever stored it may not have come to it
        if (published.isPresent() && published.get().step() >= verdicts.lastStep()) {
            return new Outcome.Done();
        }
        Optional<Commit> newer = log.newest().filter(commit -> commit.attempt() > request.getAttempt());
        if (newer.isPresent()) {
            throw new RunLost(newer.get());
        }
        if (claim(request) == Claim.NOW) { // its record was written before the other run came
            return makeWay(request, log);
        }
        tellTaken(request, device);
        return withMore(
                device,
                request,
                shift,
                log,
                (ranks, hosts) -> train(request, model, ranks, hosts, shift, log, verdicts));
    }

    /** Gathers the devices that the run wants beside the one at hand. */
    private Outcome withMore(Device.Turn device, TrainRequest request, Shift shift, CommitLog log, WithRanks work) {
        int more = Math.max(1, request.getSpec().getTraining().getRanks()) - 1;
        if (more == 0) {
            return work.train(List.of(device), Optional.empty());
        }
        if (more >= recruits.size()) {
            return withHelp(device, more, request, shift, log, work);
        }
        shift.says(request.getRunId() + ": waiting for " + more + " more devices");
        Optional<List<Device.Turn>> recruited = recruits.gather(
                device, more, priority(request), slice, () -> shift.over() || claim(request) == Claim.NOW);
        if (recruited.isEmpty() && claim(request) == Claim.NOW) {
            return makeWay(request, log);
        }
        if (recruited.isEmpty()) {
            return later(request, shift, log);
        }
        try {
            return work.train(
                    Stream.concat(Stream.of(device), recruited.get().stream()).toList(), Optional.empty());
        } finally {
            recruited.get().forEach(Device.Turn::close);
        }
    }

    /** Gathers devices of any node, this one included: it has not enough. */
    private Outcome withHelp(
            Device.Turn device, int more, TrainRequest request, Shift shift, CommitLog log, WithRanks work) {
        Optional<String> unreachable = calls.unreachable();
        if (unreachable.isPresent()) {
            return fail(request, unreachable.get());
        }
        InetAddress here = calls.here();
        Optional<List<RemoteRank>> helpers;
        try (HelpersDoor door = HelpersDoor.open(here)) {
            calls.send(request, door.call(), more);
            shift.says(request.getRunId() + ": waiting for " + more + " more devices of any node");
            helpers = door.await(more, calls.patience(), () -> shift.over() || claim(request) == Claim.NOW);
        }
        if (helpers.isEmpty() && claim(request) == Claim.NOW) {
            return makeWay(request, log);
        }
        if (helpers.isEmpty()) {
            return shift.over() ? new Outcome.Again("the shift was over") : withoutHelp(more, request, shift, log);
        }
        List<RemoteRank> others = helpers.get();
        try {
            List<String> hosts = new ArrayList<>(List.of(here.getHostAddress()));
            others.forEach(rank -> hosts.add(rank.host()));
            List<Rank> ranks = new ArrayList<>(List.of(device));
            ranks.addAll(others);
            return work.train(ranks, Optional.of(new Gang.Network(hosts)));
        } finally {
            others.forEach(RemoteRank::close);
        }
    }

    /** One that is tried first ends with the reason; one that may have had its devices waits, and others train. */
    private Outcome withoutHelp(int more, TrainRequest request, Shift shift, CommitLog log) {
        boolean first = request.getAttempt() == 1
                && shift.delivery() == 1
                && log.newest().isEmpty();
        int devices = calls.devices();
        return first && devices <= more
                ? fail(request, "the run wants " + (more + 1) + " devices, the service has " + devices)
                : makeWay(request, log);
    }

    /** A record that is given out too often is a dead letter: a fresh one is asked for in time. */
    private Outcome later(TrainRequest request, Shift shift, CommitLog log) {
        return shift.delivery() > Training.MANY_DELIVERIES
                ? makeWay(request, log)
                : new Outcome.Again("others work with the devices that the run wants");
    }

    /** What others want of the devices that the run has or is about to get. */
    Claim claim(TrainRequest request) {
        return recruits.areWantedAbove(priority(request)) ? Claim.NOW : waiting.claim(request.getRunId());
    }

    private static int priority(TrainRequest request) {
        return Priorities.weight(request.getSpec().getPriority());
    }

    /** Gives the record up before anything was done. */
    private Outcome makeWay(TrainRequest request, CommitLog log) {
        Training.tellYielded(
                node, request, log.newest(Kind.STATE).map(Commit::step).orElse(0L));
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
                SharedNumbers shared =
                        SharedNumbers.of(model.folder(), network.isPresent() ? 1 : ranks.size(), scratch)) {
            Gang.Ground ground = network.isPresent() ? network.get() : new Gang.OneMachine(shared.file());
            Gang gang = new Gang(ranks, request.getRunId(), clock.millis(), ground);
            Workplace place = new Workplace(node, gang, shift, scratch, clock);
            Start start = Start.of(place, request, model, log);
            Outcome outcome = new Training(place, start.run(), log, verdicts, this).from(start.step());
            gang.ask(new DeviceCommand.CloseModels()); // its memory is for whoever comes next
            return outcome;
        }
    }

    @Override
    public Outcome fail(TrainRequest request, String reason) {
        if (request.hasCall()) { // whoever called goes on without
            LOG.warn("{} cannot be helped here: {}", request.getRunId(), reason);
            return new Outcome.Done();
        }
        return node.fail(request.getRunId(), Topics.TRAIN_STEP, "", reason);
    }
}
