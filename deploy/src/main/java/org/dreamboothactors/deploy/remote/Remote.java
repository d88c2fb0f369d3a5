package org.dreamboothactors.deploy.remote;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.dreamboothactors.deploy.local.Connection;
import org.dreamboothactors.protocol.CachedLatents;
import org.dreamboothactors.protocol.v1.CheckpointReady;
import org.dreamboothactors.protocol.v1.RunEvent;
import org.dreamboothactors.protocol.v1.RunSpec;
import org.dreamboothactors.protocol.v1.SampleRequest;
import org.dreamboothactors.protocol.v1.StoredObject;

/** What the commands ask of a service; the client library in truth. */
public interface Remote extends AutoCloseable {
    /** Reaches a service; throws when it does not answer. */
    interface Connector {
        Remote to(Connection connection);
    }

    /** What comes one by one. */
    interface Feed<T> extends AutoCloseable {
        /** The next one; empty when none came within this time. */
        Optional<T> next(Duration atMost);

        /** How much of what was there at the beginning is still to be read; until it is 0 silence says nothing. */
        long left();

        /** Whether Kafka answers now; may wait some seconds for it. */
        boolean answers();

        @Override
        void close();
    }

    /**
     * Uploads and asks; returns the run id.
     *
     * @param classPhotos class images of the user's own
     */
    String submit(
            Optional<String> runId,
            String tenant,
            List<Path> photos,
            RunSpec spec,
            List<Path> classPhotos,
            CachedLatents latents);

    /** The same without class images of one's own, and with every latent computed. */
    default String submit(Optional<String> runId, String tenant, List<Path> photos, RunSpec spec) {
        return submit(runId, tenant, photos, spec, List.of(), CachedLatents.none());
    }

    void cancel(String runId, String reason);

    void erase(String runId, String reason);

    /** Brings a LoRA file to the service, to be named when pictures are asked for. */
    StoredObject uploadLora(Path file);

    /** Asks for pictures; returns the request id that the answer will name. */
    String draw(String runId, SampleRequest samples);

    /** The run's events from its beginning. */
    Feed<RunEvent> follow(String runId);

    /** Hands out the events of all runs up to now, in order per run. */
    void replay(Consumer<RunEvent> each);

    /** Hands out the events of one run up to now, in order. */
    void replay(String runId, Consumer<RunEvent> each);

    /** Hands out the checkpoints of one run that were announced up to now, in order. */
    void replayCheckpoints(String runId, Consumer<CheckpointReady> each);

    byte[] read(StoredObject object);

    void download(CheckpointReady checkpoint, Path folder);

    @Override
    void close();
}
