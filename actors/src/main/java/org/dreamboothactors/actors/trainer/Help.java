package org.dreamboothactors.actors.trainer;

import java.nio.file.Path;
import java.util.Optional;
import org.dreamboothactors.actors.device.Device;
import org.dreamboothactors.actors.device.DeviceAnswer;
import org.dreamboothactors.actors.device.DeviceCommand;
import org.dreamboothactors.actors.device.Lent;
import org.dreamboothactors.actors.work.BaseModels;
import org.dreamboothactors.actors.work.Node;
import org.dreamboothactors.actors.work.Outcome;
import org.dreamboothactors.actors.work.RunFolders;
import org.dreamboothactors.actors.work.Scratch;
import org.dreamboothactors.actors.work.Shift;
import org.dreamboothactors.protocol.v1.TrainRequest;
import org.dreamboothactors.storage.ArtifactStore;
import org.dreamboothactors.storage.CommitLog;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Helps with a run whose rank 0 is elsewhere. What the trainer needs comes from the store, as it does there; all that is
 * told and committed is rank 0's. So whatever becomes of the help, the record is done: rank 0's node calls again.
 */
record Help(Node node, TrainRequest request) {
    private static final Logger LOG = LoggerFactory.getLogger(Help.class);
    /** Others may have the base model; a call is not worth a dead letter. */
    private static final int PASSED_ON = 3;

    Outcome with(Device.Turn device, Shift shift) {
        if (node.ended().contains(request.getRunId())) {
            return new Outcome.Done();
        }
        return switch (node.models().find(request.getBaseModel(), request.getBaseModelDigest())) {
            case BaseModels.Absent(String reason) -> notHere(reason, shift);
            case BaseModels.Changed(String reason) -> notHere(reason, shift);
            case BaseModels.Found(var model) -> with(model.folder(), device, shift);
        };
    }

    private static Outcome notHere(String reason, Shift shift) {
        return shift.delivery() < PASSED_ON ? new Outcome.Again(reason) : new Outcome.Done();
    }

    private Outcome with(Path model, Device.Turn device, Shift shift) {
        String host = request.getCall().getHost();
        try (Scratch scratch = node.scratch()) {
            Optional<Lent> lent =
                    Lent.to(request.getCall(), device, new FromStore(node.store(), request, model, scratch));
            if (lent.isEmpty()) {
                LOG.info("{}: nobody waits for help at {} any more", request.getRunId(), host);
                return new Outcome.Done();
            }
            shift.says(request.getRunId() + ": helps at " + host);
            try (Lent mine = lent.get()) {
                mine.serve(shift::over);
            }
            return new Outcome.Done();
        }
    }

    /**
     * The newest state, as rank 0 takes it; where the two differ after all, rank 0's node sees that the gang does not
     * begin alike.
     */
    private static final class FromStore implements Lent.Opener {
        private final ArtifactStore store;
        private final TrainRequest request;
        private final Path model;
        private final Scratch scratch;
        private Optional<Provision> fetched = Optional.empty();

        FromStore(ArtifactStore store, TrainRequest request, Path model, Scratch scratch) {
            this.store = store;
            this.request = request;
            this.model = model;
            this.scratch = scratch;
        }

        @Override
        public void prepare() {
            CommitLog log = CommitLog.open(store, RunFolders.commits(request.getRunId()));
            fetched = Optional.of(Provision.fetch(store, request, log, scratch));
        }

        @Override
        public DeviceAnswer open(DeviceCommand.OpenTrainer asked, Device.Turn device) {
            Provision provision = fetched.orElseThrow();
            Provision alike = new Provision(provision.data(), asked.state().flatMap(_ -> provision.state()));
            DeviceAnswer opened = device.ask(alike.trainer(request.getRunId(), model, asked.config(), asked.place()));
            provision.dropState();
            return opened;
        }
    }
}
