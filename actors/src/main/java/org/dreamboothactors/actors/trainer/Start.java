package org.dreamboothactors.actors.trainer;

import java.util.Optional;
import org.dreamboothactors.actors.device.DeviceAnswer;
import org.dreamboothactors.actors.device.DeviceAnswer.TrainerOpened;
import org.dreamboothactors.actors.device.DeviceCommand;
import org.dreamboothactors.actors.work.BaseModels.BaseModel;
import org.dreamboothactors.diffusion.TrainingConfig;
import org.dreamboothactors.diffusion.training.Fingerprint;
import org.dreamboothactors.protocol.Events;
import org.dreamboothactors.protocol.v1.TrainRequest;
import org.dreamboothactors.protocol.v1.TrainingStarted;
import org.dreamboothactors.storage.CommitLog;
import org.dreamboothactors.storage.CommitLog.Commit;
import org.dreamboothactors.storage.CommitLog.Kind;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A trainer that is open on the device.
 *
 * @param step steps already done
 */
record Start(RunInWork run, long step) {
    private static final Logger LOG = LoggerFactory.getLogger(Start.class);

    /** Goes on with the run's trainer where the device still has it, or opens one from the newest state; tells so. */
    static Start of(Workplace place, TrainRequest request, BaseModel model, CommitLog log) {
        Optional<Commit> newest = log.newest(Kind.STATE);
        Optional<TrainerOpened> warm = newest.flatMap(state -> stillOpen(place, request.getRunId(), state));
        return warm.isPresent() ? told(place, request, warm.get(), newest, true) : fresh(place, request, model, log);
    }

    private static Optional<TrainerOpened> stillOpen(Workplace place, String run, Commit state) {
        DeviceAnswer answer =
                place.device().ask(new DeviceCommand.ResumeTrainer(run, state.step(), state.weightsSha256()));
        return answer instanceof TrainerOpened opened && opened.environment().equals(state.environment())
                ? Optional.of(opened)
                : Optional.empty();
    }

    private static Start fresh(Workplace place, TrainRequest request, BaseModel model, CommitLog log) {
        String run = request.getRunId();
        TrainingConfig config = RunConfig.of(request.getSpec());
        place.shift().says(run + ": fetching pictures and state");
        Provision provision = Provision.fetch(place.node().store(), request, log, place.scratch());
        Optional<Commit> state = provision.state().map(RestoredState::commit);
        TrainerOpened opened = place.device()
                .ask(
                        provision.trainer(run, model.folder(), kept(config, state), Optional.empty()),
                        TrainerOpened.class);
        long expected = state.map(Commit::step).orElse(0L);
        if (opened.step() != expected) {
            throw new IllegalStateException("Cannot go on with " + run + ": the restored state is of step "
                    + opened.step() + ", expected " + expected + ". Remove the run and submit it again");
        }
        provision.dropState();
        return told(place, request, opened, state, false);
    }

    private static Start told(
            Workplace place, TrainRequest request, TrainerOpened opened, Optional<Commit> state, boolean warm) {
        RunInWork run =
                new RunInWork(request, opened.environment(), place.clock().instant());
        long step = opened.step();
        boolean changed = state.isPresent() && !state.get().environment().equals(run.environment());
        if (changed) {
            LOG.warn(
                    "{} goes on in {}, its state was computed in {}: the result will differ in its last bits",
                    run.runId(),
                    run.environment(),
                    state.get().environment());
        }
        LOG.info("{} attempt {} trains from step {}{}", run.runId(), run.attempt(), step, warm ? ", still open" : "");
        place.node()
                .facts()
                .tell(Events.event(run.runId(), run.eventId("training-started"))
                        .setTrainingStarted(TrainingStarted.newBuilder()
                                .setAttempt(run.attempt())
                                .setFromStep(step)
                                .setEnvironment(run.environment())
                                .setDevice(place.device().deviceName())
                                .setEnvironmentChanged(changed)
                                .setWarning(RunConfig.warnings(request.getSpec(), opened.warning()))
                                .setWarm(warm))
                        .build());
        return new Start(run, step);
    }

    /** A run goes on in the precision it began in, also where another device would choose another. */
    private static TrainingConfig kept(TrainingConfig config, Optional<Commit> state) {
        return state.flatMap(commit -> Fingerprint.precision(commit.environment()))
                .map(config::in)
                .orElse(config);
    }
}
