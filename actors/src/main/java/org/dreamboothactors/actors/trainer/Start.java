package org.dreamboothactors.actors.trainer;

import java.util.Optional;
import org.dreamboothactors.actors.device.DeviceAnswer.TrainerOpened;
import org.dreamboothactors.actors.work.BaseModels.BaseModel;
import org.dreamboothactors.diffusion.TrainingConfig;
import org.dreamboothactors.diffusion.training.Fingerprint;
import org.dreamboothactors.protocol.Events;
import org.dreamboothactors.protocol.v1.TrainRequest;
import org.dreamboothactors.protocol.v1.TrainingStarted;
import org.dreamboothactors.storage.CommitLog;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A trainer that is open on the device.
 *
 * @param step steps already done
 */
record Start(RunInWork run, long step) {
    private static final Logger LOG = LoggerFactory.getLogger(Start.class);

    /** Opens a trainer that goes on from the newest state, and tells so. */
    static Start of(Workplace place, TrainRequest request, BaseModel model, CommitLog log) {
        TrainingConfig config = RunConfig.of(request.getSpec());
        place.shift().says(request.getRunId() + ": fetching latents and state");
        Provision provision = Provision.fetch(place.node().store(), request, log, place.scratch());
        Optional<RestoredState> state = provision.state();
        TrainerOpened opened = place.device()
                .ask(provision.trainer(model.folder(), kept(config, state), Optional.empty()), TrainerOpened.class);
        long expected = state.map(restored -> restored.commit().step()).orElse(0L);
        if (opened.step() != expected) {
            throw new IllegalStateException(
                    "Cannot go on with " + request.getRunId() + ": the restored state is of step " + opened.step()
                            + ", expected " + expected + ". Remove the run and submit it again");
        }
        provision.dropState();
        RunInWork run =
                new RunInWork(request, opened.environment(), place.clock().instant());
        tell(place, run, state, opened.step());
        return new Start(run, opened.step());
    }

    /** A run goes on in the precision it began in, also where another device would choose another. */
    private static TrainingConfig kept(TrainingConfig config, Optional<RestoredState> state) {
        return state.flatMap(restored -> Fingerprint.precision(restored.commit().environment()))
                .map(config::in)
                .orElse(config);
    }

    private static void tell(Workplace place, RunInWork run, Optional<RestoredState> state, long step) {
        boolean changed =
                state.isPresent() && !state.get().commit().environment().equals(run.environment());
        if (changed) {
            LOG.warn(
                    "{} goes on in {}, its state was computed in {}: the result will differ in its last bits",
                    run.runId(),
                    run.environment(),
                    state.get().commit().environment());
        }
        LOG.info("{} attempt {} trains from step {}", run.runId(), run.attempt(), step);
        place.node()
                .facts()
                .tell(Events.event(run.runId(), run.eventId("training-started"))
                        .setTrainingStarted(TrainingStarted.newBuilder()
                                .setAttempt(run.attempt())
                                .setFromStep(step)
                                .setEnvironment(run.environment())
                                .setDevice(place.device().deviceName())
                                .setEnvironmentChanged(changed))
                        .build());
    }
}
