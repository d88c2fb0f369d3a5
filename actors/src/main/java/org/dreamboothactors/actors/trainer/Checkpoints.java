package org.dreamboothactors.actors.trainer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.dreamboothactors.actors.device.DeviceAnswer.Saved;
import org.dreamboothactors.actors.device.DeviceCommand;
import org.dreamboothactors.actors.work.Node;
import org.dreamboothactors.actors.work.RunFolders;
import org.dreamboothactors.actors.work.Scratch;
import org.dreamboothactors.protocol.Events;
import org.dreamboothactors.protocol.Wire;
import org.dreamboothactors.protocol.v1.CheckpointVerified;
import org.dreamboothactors.protocol.v1.TrainRequest;
import org.dreamboothactors.storage.ArtifactStore;
import org.dreamboothactors.storage.CommitLog;
import org.dreamboothactors.storage.CommitLog.Appended;
import org.dreamboothactors.storage.CommitLog.Commit;
import org.dreamboothactors.storage.CommitLog.Kind;
import org.dreamboothactors.storage.CommitLog.Lost;
import org.dreamboothactors.storage.Stored;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stores checkpoints. One is told of only after it came back from the store with the right digests and a device loaded
 * what came back.
 */
record Checkpoints(Workplace place, RunInWork run, CommitLog log, Verdicts verdicts) {
    private static final Logger LOG = LoggerFactory.getLogger(Checkpoints.class);

    void publishIfDue(long step) {
        int every = run.spec().getTraining().getCheckpointEvery();
        if (every > 0 && step % every == 0) {
            publish(step);
        }
    }

    /** Throws {@link RunLost} when another trainer went on with the run. */
    void publish(long step) {
        place.shift().says(run.runId() + ": storing the checkpoint of step " + step);
        Path folder = place.scratch().folder("checkpoint-" + step);
        Saved saved = place.device().ask(new DeviceCommand.SaveCheckpoint(folder), Saved.class);
        Optional<Commit> earlier = log.all().stream()
                .filter(commit -> commit.kind() == Kind.CHECKPOINT && commit.step() == step)
                .findFirst();
        if (earlier.isPresent()) { // training went on from before a checkpoint that was stored
            compare(earlier.get(), saved);
            tell(place.node(), run.request(), earlier.get(), verdicts);
        } else {
            List<Stored> files = upload(folder, step, saved);
            Scratch.delete(folder); // the disk need not hold it twice
            check(files, step);
            commit(step, saved, files);
        }
        Scratch.delete(folder);
    }

    /** Announces a checkpoint of the log; again, where that was done before. */
    static void tell(Node node, TrainRequest request, Commit checkpoint, Verdicts verdicts) {
        node.facts()
                .tell(Events.event(request.getRunId(), "checkpoint-verified-" + checkpoint.step())
                        .setCheckpointVerified(CheckpointVerified.newBuilder()
                                .setAttempt(checkpoint.attempt())
                                .setStep(checkpoint.step())
                                .setPrefix(prefix(request, checkpoint.step(), checkpoint.weightsSha256()))
                                .addAllFiles(checkpoint.blobs().stream()
                                        .map(Wire::message)
                                        .toList())
                                .setWeightsSha256(checkpoint.weightsSha256())
                                .setLast(checkpoint.step() >= verdicts.lastStep()))
                        .build());
    }

    /** Holds the digest: a trainer with other bits that lost the run must not write over what was announced. */
    private static String prefix(TrainRequest request, long step, String weightsSha256) {
        return RunFolders.checkpoints(request.getRunId()) + "step-" + step + "-" + weightsSha256 + "/";
    }

    private void compare(Commit earlier, Saved now) {
        if (!earlier.weightsSha256().equals(now.weightsSha256())) {
            LOG.warn(
                    "{} step {} was trained again with other bits: {} in {}, before {} in {}. The published one stays",
                    run.runId(),
                    earlier.step(),
                    now.weightsSha256(),
                    run.environment(),
                    earlier.weightsSha256(),
                    earlier.environment());
        }
    }

    private List<Stored> upload(Path folder, long step, Saved saved) {
        String prefix = prefix(run.request(), step, saved.weightsSha256());
        List<Stored> files = new ArrayList<>();
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path file : all.filter(Files::isRegularFile).sorted().toList()) {
                String name = folder.relativize(file).toString().replace('\\', '/');
                files.add(place.node().store().put(prefix + name, file));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read the checkpoint in " + folder + ": " + e.getMessage(), e);
        }
        return files;
    }

    private void check(List<Stored> files, long step) {
        ArtifactStore store = place.node().store();
        place.shift().says(run.runId() + ": reading back the checkpoint of step " + step);
        Path back = place.scratch().folder("read-back-" + step);
        for (Stored file : files) {
            // checkpoints/<run>/<step and digest>/<path in the folder>
            store.fetch(file, back.resolve(file.key().split("/", 4)[3]));
        }
        if (step >= verdicts.lastStep()) {
            place.device().ask(new DeviceCommand.CloseTrainer()); // memory need not hold it twice
        }
        place.device().ask(new DeviceCommand.CheckCheckpoint(back));
        Scratch.delete(back);
    }

    private void commit(long step, Saved saved, List<Stored> files) {
        switch (log.append(Kind.CHECKPOINT, step, run.attempt(), run.environment(), saved.weightsSha256(), files)) {
            case Appended(Commit commit) -> tell(place.node(), run.request(), commit, verdicts);
            case Lost(Commit winner) -> throw new RunLost(winner);
        }
    }
}
