package org.dreamboothactors.actors.trainer;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.dreamboothactors.actors.device.Device;
import org.dreamboothactors.actors.device.Gang;
import org.dreamboothactors.actors.device.HelpersDoor;
import org.dreamboothactors.actors.device.Rank;
import org.dreamboothactors.actors.device.Recruits;
import org.dreamboothactors.actors.device.RemoteRank;
import org.dreamboothactors.actors.turns.Claim;
import org.dreamboothactors.actors.work.Outcome;
import org.dreamboothactors.actors.work.Shift;
import org.dreamboothactors.protocol.v1.TrainRequest;
import org.dreamboothactors.storage.CommitLog;

/** Brings together the devices that a run wants: the one at hand, others of this node, or of any where it has not enough. */
record Gathering(TrainRuns rules, TrainRequest request, Device.Turn device, Shift shift, CommitLog log) {

    /** After so many, one more ends it: a node may be down, or a device rest, when the first is made. */
    private static final int VAIN_LOOKS = 2;

    private static final String SHIFT_OVER = "the shift or the run was over";

    /** What is done once all are there. */
    interface WithRanks {
        Outcome train(List<? extends Rank> ranks, Optional<Gang.Network> network);
    }

    /** Lets {@code work} have them and gives them back, or tells why it cannot be done now. */
    Outcome then(WithRanks work) {
        int more = Math.max(1, request.getSpec().getTraining().getRanks()) - 1;
        if (more == 0) {
            return work.train(List.of(device), Optional.empty());
        }
        return more < rules.recruits().size() ? ofThisNode(more, work) : ofAnyNode(more, work);
    }

    private Outcome ofThisNode(int more, WithRanks work) {
        shift.says(request.getRunId() + ": waiting for " + more + " more devices");
        return switch (rules.recruits()
                .gather(device, more, TrainRuns.priority(request), rules.slice(), this::isHopeless)) {
            case Recruits.Busy _ -> alone(this::later);
            case Recruits.Unwell _ ->
                alone(() -> lacking("the run wants " + (more + 1) + " devices, and too few of its node work"));
            case Recruits.Found(List<Device.Turn> recruited) -> {
                try {
                    yield work.train(
                            Stream.concat(Stream.of(device), recruited.stream()).toList(), Optional.empty());
                } finally {
                    recruited.forEach(Device.Turn::close);
                }
            }
        };
    }

    private Outcome ofAnyNode(int more, WithRanks work) {
        Optional<String> unreachable = rules.otherNodes().unreachable();
        if (unreachable.isPresent()) {
            return rules.fail(request, unreachable.get());
        }
        InetAddress here = rules.otherNodes().here();
        Optional<List<RemoteRank>> helpers;
        try (HelpersDoor door = HelpersDoor.open(here)) {
            rules.node().facts().call(request.toBuilder().setCall(door.call()).build(), more);
            shift.says(request.getRunId() + ": waiting for " + more + " more devices of any node");
            helpers = door.await(more, rules.otherNodes().patience(), this::isHopeless);
        }
        if (helpers.isEmpty()) {
            return alone(() -> withoutHelp(more));
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

    private Outcome alone(Supplier<Outcome> otherwise) {
        if (shift.over() || isEnded()) {
            return new Outcome.Again(SHIFT_OVER);
        }
        return isOutranked() ? rules.makeWay(request, log, Training.OUTRANKED) : otherwise.get();
    }

    private Outcome withoutHelp(int more) {
        int devices = rules.otherNodes().devices();
        String wants = "the run wants " + (more + 1) + " devices, ";
        return devices <= more
                ? lacking(wants + "the service has " + devices + " that work")
                : rules.waitForDevices(
                        request, log, wants + "and of the " + devices + " of the service not enough came");
    }

    /** One that looked for its devices in vain several times ends with the reason; one that once had them waits, and others train. */
    private Outcome lacking(String reason) {
        boolean neverTrained = log.newest().isEmpty()
                && rules.node().ended().trained(request.getRunId()).isZero();
        return neverTrained && rules.node().ended().lacks(request.getRunId()) >= VAIN_LOOKS
                ? rules.fail(request, reason)
                : rules.waitForDevices(request, log, reason);
    }

    /** A record that is given out too often is a dead letter: a fresh one is asked for in time. */
    private Outcome later() {
        String reason = "others work with the devices that the run wants";
        return shift.delivery() > Training.MANY_DELIVERIES
                ? rules.makeWay(request, log, reason)
                : new Outcome.Again(reason);
    }

    private boolean isHopeless() {
        return shift.over() || isEnded() || isOutranked();
    }

    /** Then the record comes once more, and whoever gets it clears up. */
    private boolean isEnded() {
        return rules.node().ended().contains(request.getRunId());
    }

    private boolean isOutranked() {
        return rules.claim(request) == Claim.NOW;
    }
}
