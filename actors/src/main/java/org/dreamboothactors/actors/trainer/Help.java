package org.dreamboothactors.actors.trainer;

import java.nio.file.Path;
import java.util.Optional;
import org.dreamboothactors.actors.device.Device;
import org.dreamboothactors.actors.device.DeviceAnswer;
import org.dreamboothactors.actors.device.DeviceCommand;
import org.dreamboothactors.actors.device.Lent;
import org.dreamboothactors.actors.work.Node;
import org.dreamboothactors.actors.work.Outcome;
import org.dreamboothactors.actors.work.Scratch;
import org.dreamboothactors.actors.work.Shift;
import org.dreamboothactors.diffusion.TrainingData;
import org.dreamboothactors.protocol.v1.TrainRequest;
import org.dreamboothactors.storage.CommitLog;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Helps with a run whose rank 0 is elsewhere. What the trainer needs comes from the store, as it does there; all that is
 * told and committed is rank 0's. So whatever becomes of the help, the record is done: rank 0's node calls again.
 *
 * @param model folder of the base model
 */
record Help(Node node, TrainRequest request, Path model) {
    private static final Logger LOG = LoggerFactory.getLogger(Help.class);

    Outcome with(Device.Turn device, Shift shift) {
        try (Scratch scratch = node.scratch()) {
            Optional<Lent> lent = Lent.to(request.getCall(), device, (asked, turn) -> open(asked, turn, scratch));
            if (lent.isEmpty()) {
                LOG.info(
                        "{}: nobody waits for help at {} any more",
                        request.getRunId(),
                        request.getCall().getHost());
                return new Outcome.Done();
            }
            shift.says(request.getRunId() + ": helps at " + request.getCall().getHost());
            try (Lent mine = lent.get()) {
                mine.serve(shift::over);
            }
            return new Outcome.Done();
        }
    }

    /** From the newest state, as rank 0 does; where the two differ, rank 0's node sees that the gang does not begin alike. */
    private DeviceAnswer open(DeviceCommand.OpenTrainer asked, Device.Turn device, Scratch scratch) {
        TrainingData data = new Latents(node.store()).fetch(request, scratch.folder("latents"));
        Optional<RestoredState> state = asked.state()
                .flatMap(_ -> RestoredState.newest(
                        node.store(),
                        request.getRunId(),
                        CommitLog.open(node.store(), RunInWork.prefix(request.getRunId())),
                        scratch.file("state.safetensors")));
        DeviceAnswer opened = device.ask(new DeviceCommand.OpenTrainer(
                model, asked.config(), data, state.map(RestoredState::file), asked.place()));
        state.ifPresent(restored -> Scratch.delete(restored.file()));
        return opened;
    }
}
