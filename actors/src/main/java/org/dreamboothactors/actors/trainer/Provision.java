package org.dreamboothactors.actors.trainer;

import java.nio.file.Path;
import java.util.Optional;
import org.dreamboothactors.actors.device.DeviceCommand;
import org.dreamboothactors.actors.device.RankPlace;
import org.dreamboothactors.actors.work.Scratch;
import org.dreamboothactors.diffusion.TrainingConfig;
import org.dreamboothactors.diffusion.TrainingData;
import org.dreamboothactors.protocol.v1.TrainRequest;
import org.dreamboothactors.storage.ArtifactStore;
import org.dreamboothactors.storage.CommitLog;

/**
 * What a trainer is opened with, on this machine.
 *
 * @param state to go on from; empty: from the base model
 */
record Provision(TrainingData data, Optional<RestoredState> state) {

    /** What the run trains on, and its newest state. */
    static Provision fetch(ArtifactStore store, TrainRequest request, CommitLog log, Scratch scratch) {
        TrainingData data = new TrainingPictures(store).fetch(request, scratch.folder("pictures"));
        return new Provision(
                data, RestoredState.newest(store, request.getRunId(), log, scratch.file("state.safetensors")));
    }

    DeviceCommand.OpenTrainer trainer(String run, Path model, TrainingConfig config, Optional<RankPlace> place) {
        return new DeviceCommand.OpenTrainer(run, model, config, data, state.map(RestoredState::file), place);
    }

    /** A trainer that is open needs no state any more, and it is large. */
    void dropState() {
        state.ifPresent(restored -> Scratch.delete(restored.file()));
    }
}
