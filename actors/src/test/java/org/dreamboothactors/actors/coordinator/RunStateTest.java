package org.dreamboothactors.actors.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dreamboothactors.actors.coordinator.Tale.RUN;

import org.dreamboothactors.protocol.Events;
import org.dreamboothactors.protocol.Topics;
import org.dreamboothactors.protocol.v1.PhotoJudged;
import org.dreamboothactors.protocol.v1.PhotoVerdict;
import org.dreamboothactors.protocol.v1.RunReady;
import org.dreamboothactors.protocol.v1.StepProgress;
import org.dreamboothactors.protocol.v1.TrainingYielded;
import org.junit.jupiter.api.Test;

class RunStateTest {
    @Test
    void staysCancelledWhateverComesAfter() {
        Tale tale = Tale.training(Runs.spec())
                .then(Runs.cancelled(RUN))
                .then(Runs.verified(RUN, 1, 10, 10))
                .then(Runs.workFailed(RUN, Topics.TRAIN_STEP, ""))
                .then(Events.event(RUN, "ready")
                        .setReady(RunReady.newBuilder().setStep(10))
                        .build());

        assertThat(tale.state().end()).contains(new End.Cancelled("enough"));
        assertThat(tale.state().verified()).isEmpty();
        assertThat(tale.needs()).isEmpty();
    }

    @Test
    void staysCancelledWhenTheCancellationOvertakesTheUpload() {
        Tale tale = new Tale().then(Runs.cancelled(RUN)).requested(Runs.spec(), 3);

        assertThat(tale.state().isOpen()).isFalse();
        assertThat(tale.state().upload()).isPresent();
        assertThat(tale.needs()).isEmpty();
    }

    @Test
    void keepsTheFirstOfTwoTellingsOfAFact() {
        PhotoJudged good = Runs.verdict(0, PhotoVerdict.ACCEPTED);
        PhotoJudged bad = Runs.verdict(0, PhotoVerdict.UNDECODABLE);
        Tale tale = new Tale()
                .requested(Runs.spec(), 3)
                .then(Announcements.judged(RUN, good))
                .then(Announcements.judged(RUN, bad))
                .requested(Runs.withPrior(8), 5);

        assertThat(tale.state().photos()).containsEntry(0, good);
        assertThat(tale.state().upload()).contains(Runs.upload(RUN, Runs.spec(), 3));
    }

    /** Where an answer to the broker was lost, a record is given out twice, and the second may fail. */
    @Test
    void ignoresTheFailureOfWorkThatIsDoneOrOver() {
        Tale tale = Tale.training(Runs.spec())
                .then(Runs.workFailed(RUN, Topics.LATENT_CACHE, "instance-latents"))
                .then(Runs.yielded(RUN, 1, 5))
                .then(Runs.workFailed(RUN, Topics.TRAIN_STEP, "train-1"))
                .decided()
                .decided()
                .then(Runs.workFailed(RUN, Topics.TRAIN_STEP, "train-1"));
        assertThat(tale.state().attempts()).isEqualTo(2);
        assertThat(tale.state().failure()).isEmpty();

        assertThat(tale.then(Runs.workFailed(RUN, Topics.TRAIN_STEP, "train-2"))
                        .state()
                        .failure())
                .isPresent();
    }

    @Test
    void ignoresThatAnOlderAttemptGaveUpItsTurn() {
        TrainingYielded second = Runs.yielded(RUN, 2, 8).getTrainingYielded();
        Tale tale = Tale.training(Runs.spec())
                .then(Runs.yielded(RUN, 1, 5))
                .decided()
                .decided()
                .then(Runs.yielded(RUN, 2, 8))
                .then(Runs.yielded(RUN, 1, 3));

        assertThat(tale.state().attempts()).isEqualTo(2);
        assertThat(tale.state().yielded()).contains(second);
    }

    @Test
    void isNotChangedByProgress() {
        RunState before = Tale.training(Runs.spec()).state();

        assertThat(before.after(Events.event(RUN, "progress-1")
                        .setStepProgress(StepProgress.newBuilder().setStep(1))
                        .build()))
                .isSameAs(before);
    }

    @Test
    void hearsOfWantedPicturesAfterTheEnd() {
        Tale tale = Tale.training(Runs.spec())
                .then(Runs.verified(RUN, 1, 10, 10))
                .decided()
                .then(Runs.drawRequested(RUN, "d1", 10));

        assertThat(tale.state().end()).contains(new End.Ready(10));
        assertThat(tale.state().draws()).containsKey("d1");
    }
}
