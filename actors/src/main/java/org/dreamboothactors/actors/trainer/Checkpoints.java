package org.dreamboothactors.actors.trainer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.dreamboothactors.actors.device.Device;
import org.dreamboothactors.actors.device.DeviceAnswer.Saved;
import org.dreamboothactors.actors.device.DeviceCommand;
import org.dreamboothactors.actors.work.Node;
import org.dreamboothactors.actors.work.Scratch;
import org.dreamboothactors.protocol.Events;
import org.dreamboothactors.protocol.Wire;
import org.dreamboothactors.protocol.v1.CheckpointVerified;
import org.dreamboothactors.storage.CommitLog;
import org.dreamboothactors.storage.CommitLog.Appended;
import org.dreamboothactors.storage.CommitLog.Commit;
import org.dreamboothactors.storage.CommitLog.Kind;
import org.dreamboothactors.storage.CommitLog.Lost;
import org.dreamboothactors.storage.Stored;

/**
 * Stores checkpoints. One is told of only after it came back from the store with the right digests and a device loaded
 * what came back.
 *
 * @param tenant whose run it is
 */
record Checkpoints(Node node, RunInWork run, String tenant, CommitLog log) {

    void publish(long step, Device.Turn device, Scratch scratch) {
        Path folder = scratch.folder("checkpoint-" + step);
        Path back = scratch.folder("read-back-" + step);
        Saved saved = device.ask(new DeviceCommand.SaveCheckpoint(folder), Saved.class);
        String prefix = "checkpoints/" + tenant + "/" + run.runId() + "/step-" + step + "-" + run.attempt() + "/";
        List<Stored> files = upload(folder, prefix);
        Scratch.delete(folder); // the disk need not hold it twice
        for (Stored file : files) {
            node.store().fetch(file, back.resolve(file.key().substring(prefix.length())));
        }
        if (step == run.maxSteps()) {
            device.ask(new DeviceCommand.CloseModels()); // memory need not hold it twice
        }
        device.ask(new DeviceCommand.CheckCheckpoint(back));
        Scratch.delete(back);
        switch (log.append(Kind.CHECKPOINT, step, run.attempt(), run.environment(), saved.weightsSha256(), files)) {
            case Appended(Commit commit) -> tell(commit);
            case Lost(Commit winner) -> throw new RunLost(winner);
        }
    }

    /** Announces a checkpoint of the log; again, where that was done before. */
    void tell(Commit checkpoint) {
        String first = checkpoint.blobs().getFirst().key();
        String prefix = String.join("/", List.of(first.split("/")).subList(0, 4)) + "/";
        node.facts()
                .tell(Events.event(run.runId(), "checkpoint-verified-" + checkpoint.step())
                        .setCheckpointVerified(CheckpointVerified.newBuilder()
                                .setAttempt(checkpoint.attempt())
                                .setStep(checkpoint.step())
                                .setPrefix(prefix)
                                .addAllFiles(checkpoint.blobs().stream()
                                        .map(Wire::message)
                                        .toList())
                                .setWeightsSha256(checkpoint.weightsSha256())
                                .setLast(checkpoint.step() == run.maxSteps()))
                        .build());
    }

    private List<Stored> upload(Path folder, String prefix) {
        List<Stored> files = new ArrayList<>();
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path file : all.filter(Files::isRegularFile).sorted().toList()) {
                String name = folder.relativize(file).toString().replace('\\', '/');
                files.add(node.store().put(prefix + name, file));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read the checkpoint in " + folder + ": " + e.getMessage(), e);
        }
        return files;
    }
}
