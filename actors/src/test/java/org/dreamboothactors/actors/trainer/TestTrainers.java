package org.dreamboothactors.actors.trainer;

import java.time.Duration;
import java.util.List;
import org.dreamboothactors.actors.device.Recruits;
import org.dreamboothactors.actors.turns.Claim;
import org.dreamboothactors.actors.turns.TenantLimits;
import org.dreamboothactors.actors.turns.Waiting;
import org.dreamboothactors.actors.work.Node;
import org.dreamboothactors.protocol.KafkaConnection;

/**
 * Trainers of a node where nothing else waits and nobody has limits, except for what a test says.
 *
 * @param slice how long a run trains before others
 * @param commits longest time between two
 */
record TestTrainers(
        Node node,
        Duration slice,
        Duration commits,
        Waiting waiting,
        TenantLimits limits,
        Recruits recruits,
        OtherNodes otherNodes) {
    static final Duration SELDOM = Duration.ofHours(1);

    /** With no devices to recruit. */
    static TestTrainers of(Node node, KafkaConnection kafka) {
        return new TestTrainers(
                node,
                SELDOM,
                SELDOM,
                _ -> Claim.NONE,
                TenantLimits.none(),
                new Recruits(List.of()),
                new OtherNodes(kafka));
    }

    TestTrainers withSlice(Duration longest) {
        return new TestTrainers(node, longest, commits, waiting, limits, recruits, otherNodes);
    }

    TestTrainers withCommitsEvery(Duration longest) {
        return new TestTrainers(node, slice, longest, waiting, limits, recruits, otherNodes);
    }

    TestTrainers withWaiting(Waiting others) {
        return new TestTrainers(node, slice, commits, others, limits, recruits, otherNodes);
    }

    TestTrainers within(TenantLimits allowed) {
        return new TestTrainers(node, slice, commits, waiting, allowed, recruits, otherNodes);
    }

    TestTrainers recruiting(Recruits devices) {
        return new TestTrainers(node, slice, commits, waiting, limits, devices, otherNodes);
    }

    TestTrainers calling(OtherNodes others) {
        return new TestTrainers(node, slice, commits, waiting, limits, recruits, others);
    }

    TrainRuns open() {
        return new TrainRuns(node, slice, commits, waiting, limits, recruits, otherNodes);
    }
}
