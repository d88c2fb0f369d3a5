package org.dreamboothactors.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.dreamboothactors.protocol.CheckpointSubscription;
import org.dreamboothactors.protocol.DreamBoothClient;
import org.dreamboothactors.protocol.DreamBoothClient.From;
import org.dreamboothactors.protocol.RunFollower;
import org.dreamboothactors.protocol.v1.CheckpointReady;
import org.dreamboothactors.protocol.v1.RunEvent;
import org.dreamboothactors.protocol.v1.RunSpec;
import org.dreamboothactors.protocol.v1.Training;

/** Uploads a folder's photos, waits for checkpoint-ready and downloads the checkpoint. */
public final class Personalise {
    private static final String USAGE = """
            usage: Personalise CONNECTION PHOTOS PROMPT STEPS FOLDER
              CONNECTION  the file 'connection' in the data directory of a running ./dreambooth serve
              PHOTOS      folder with three to five photos of one subject
              PROMPT      what they show, with a rare word for the subject: "a photo of a sks teapot"
              STEPS       optimizer steps, for example 200
              FOLDER      where the checkpoint goes; new or empty""";
    private static final Duration LONGEST_SILENCE = Duration.ofMinutes(30);

    private Personalise() {}

    public static void main(String[] args) {
        if (args.length != 5) {
            System.err.println(USAGE);
            System.exit(64);
        }
        try {
            personalise(Path.of(args[0]), Path.of(args[1]), args[2], Integer.parseInt(args[3]), Path.of(args[4]));
        } catch (RuntimeException | IOException e) {
            System.err.println(e.getMessage());
            System.exit(1);
        }
    }

    static void personalise(Path connection, Path photos, String prompt, int steps, Path folder) throws IOException {
        RunSpec spec = RunSpec.newBuilder()
                .setInstancePrompt(prompt)
                .setTraining(Training.newBuilder().setMaxSteps(steps))
                .build(); // all else is the service's default
        try (DreamBoothClient client = ServiceFile.read(connection).connect();
                CheckpointSubscription checkpoints = client.checkpoints(From.NOW)) { // before there can be one
            String runId = client.submit("examples", files(photos), spec);
            System.out.println("run " + runId + " is submitted");
            awaitReady(client, runId);
            CheckpointReady checkpoint = last(checkpoints, runId);
            client.download(checkpoint, folder);
            System.out.println("checkpoint of step " + checkpoint.getStep() + " is in " + folder);
        }
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> content = Files.list(folder)) {
            return content.filter(Files::isRegularFile).sorted().toList();
        }
    }

    /** Follows the run to its end and throws unless that is a good one. */
    private static void awaitReady(DreamBoothClient client, String runId) {
        try (RunFollower run = client.follow(runId)) {
            while (true) {
                RunEvent event = run.next(LONGEST_SILENCE)
                        .orElseThrow(() -> new IllegalStateException("Heard nothing of run " + runId + " for long"));
                System.out.println(event.getFactCase());
                switch (event.getFactCase()) {
                    case READY -> {
                        return;
                    }
                    case REJECTED ->
                        throw new IllegalStateException(event.getRejected().getReason());
                    case FAILED ->
                        throw new IllegalStateException(event.getFailed().getReason());
                    case CANCELLED ->
                        throw new IllegalStateException(event.getCancelled().getReason());
                    default -> {} // a fact on the way
                }
            }
        }
    }

    /** The run's last checkpoint, which is published together with the news that the run is ready. */
    private static CheckpointReady last(CheckpointSubscription checkpoints, String runId) {
        while (true) {
            CheckpointReady checkpoint =
                    checkpoints.next(Duration.ofSeconds(30)).orElseThrow();
            if (checkpoint.getRunId().equals(runId) && checkpoint.getLast()) {
                return checkpoint;
            }
        }
    }
}
