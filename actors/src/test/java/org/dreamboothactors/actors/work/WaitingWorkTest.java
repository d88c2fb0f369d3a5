package org.dreamboothactors.actors.work;

import static org.assertj.core.api.Assertions.assertThat;

import org.dreamboothactors.protocol.Events;
import org.dreamboothactors.protocol.Topics;
import org.dreamboothactors.protocol.v1.LatentsCached;
import org.dreamboothactors.protocol.v1.RunEvent;
import org.dreamboothactors.protocol.v1.RunFailed;
import org.dreamboothactors.protocol.v1.SamplesReady;
import org.dreamboothactors.protocol.v1.TrainingStarted;
import org.dreamboothactors.protocol.v1.TrainingYielded;
import org.dreamboothactors.protocol.v1.WorkFailed;
import org.dreamboothactors.protocol.v1.WorkRequested;
import org.junit.jupiter.api.Test;

class WaitingWorkTest {
    private final WaitingWork waiting = new WaitingWork();

    @Test
    void nothingWaitsAtFirst() {
        assertThat(waiting.others("a")).isFalse();
    }

    @Test
    void aRunWaitsForATrainerUntilItsTrainingStarts() {
        waiting.hear(asked("b", Topics.TRAIN_STEP, "train-1"));
        assertThat(waiting.others("a")).isTrue();
        assertThat(waiting.others("b")).isFalse();

        waiting.hear(Events.event("b", "s")
                .setTrainingStarted(TrainingStarted.getDefaultInstance())
                .build());
        assertThat(waiting.others("a")).isFalse();
    }

    @Test
    void aRunThatMadeWayWaitsOnceItWasAskedForAgain() {
        waiting.hear(asked("b", Topics.TRAIN_STEP, "train-1"));
        waiting.hear(Events.event("b", "s")
                .setTrainingStarted(TrainingStarted.getDefaultInstance())
                .build());
        waiting.hear(Events.event("b", "y")
                .setTrainingYielded(TrainingYielded.getDefaultInstance())
                .build());
        waiting.hear(asked("b", Topics.TRAIN_STEP, "train-2"));

        assertThat(waiting.others("a")).isTrue();
    }

    @Test
    void otherWorkWaitsUntilItIsAnswered() {
        waiting.hear(asked("b", Topics.LATENT_CACHE, "l"));
        assertThat(waiting.others("a")).isTrue();

        waiting.hear(Events.event("b", "l")
                .setLatentsCached(LatentsCached.newBuilder().setRequestId("l"))
                .build());
        assertThat(waiting.others("a")).isFalse();
    }

    @Test
    void workThatFailedDoesNotWait() {
        waiting.hear(asked("b", Topics.REG_GENERATION, "d"));
        waiting.hear(Events.event("b", "f")
                .setWorkFailed(WorkFailed.newBuilder().setRequestId("d"))
                .build());

        assertThat(waiting.others("a")).isFalse();
    }

    @Test
    void picturesOfTheRunInTrainingWaitToo() {
        waiting.hear(asked("a", Topics.REG_GENERATION, "d"));
        assertThat(waiting.others("a")).isTrue();

        waiting.hear(Events.event("a", "d")
                .setSamplesReady(SamplesReady.newBuilder().setRequestId("d"))
                .build());
        assertThat(waiting.others("a")).isFalse();
    }

    @Test
    void aRunThatEndedWantsNothing() {
        waiting.hear(asked("b", Topics.LATENT_CACHE, "l"));
        waiting.hear(
                Events.event("b", "f").setFailed(RunFailed.getDefaultInstance()).build());

        assertThat(waiting.others("a")).isFalse();
    }

    private static RunEvent asked(String run, String topic, String request) {
        return Events.event(run, request)
                .setWorkRequested(WorkRequested.newBuilder().setTopic(topic).addRequestIds(request))
                .build();
    }
}
