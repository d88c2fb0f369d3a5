package org.dreamboothactors.deploy.remote;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.dreamboothactors.deploy.UsageException;
import org.dreamboothactors.deploy.local.Connection;
import org.dreamboothactors.protocol.CachedLatents;
import org.dreamboothactors.protocol.DreamBoothClient;
import org.dreamboothactors.protocol.Ids;
import org.dreamboothactors.protocol.RunFollower;
import org.dreamboothactors.protocol.v1.CheckpointReady;
import org.dreamboothactors.protocol.v1.RunEvent;
import org.dreamboothactors.protocol.v1.RunSpec;
import org.dreamboothactors.protocol.v1.SampleRequest;
import org.dreamboothactors.protocol.v1.StoredObject;

/** A service reached by the client library. */
public record ClientRemote(DreamBoothClient client) implements Remote {

    /** Checks broker and store. */
    public static Remote to(Connection connection) {
        return new ClientRemote(DreamBoothClient.connect(connection.kafka().connection(), connection.store()));
    }

    @Override
    public String submit(
            Optional<String> runId,
            String tenant,
            List<Path> photos,
            RunSpec spec,
            List<Path> classPhotos,
            CachedLatents latents) {
        return asked(() -> client.submit(runId.orElseGet(Ids::fresh), tenant, photos, spec, classPhotos, latents));
    }

    @Override
    public void cancel(String runId, String reason) {
        client.cancel(runId, reason);
    }

    @Override
    public void erase(String runId, String reason) {
        client.erase(runId, reason);
    }

    @Override
    public StoredObject uploadLora(Path file) {
        return asked(() -> client.uploadLora(file));
    }

    @Override
    public String draw(String runId, SampleRequest samples) {
        return asked(() -> client.draw(runId, samples));
    }

    @Override
    public Feed<RunEvent> follow(String runId) {
        RunFollower follower = client.follow(runId);
        return new Feed<>() {
            @Override
            public Optional<RunEvent> next(Duration atMost) {
                return follower.next(atMost);
            }

            @Override
            public long left() {
                return follower.left();
            }

            @Override
            public boolean answers() {
                return follower.isReachable();
            }

            @Override
            public void close() {
                follower.close();
            }
        };
    }

    @Override
    public void replay(Consumer<RunEvent> each) {
        client.replay(each);
    }

    @Override
    public void replay(String runId, Consumer<RunEvent> each) {
        client.replay(runId, each);
    }

    @Override
    public void replayCheckpoints(String runId, Consumer<CheckpointReady> each) {
        client.replayCheckpoints(runId, each);
    }

    @Override
    public byte[] read(StoredObject object) {
        return client.read(object);
    }

    @Override
    public void download(CheckpointReady checkpoint, Path folder) {
        asked(() -> {
            client.download(checkpoint, folder);
            return folder;
        });
    }

    @Override
    public void close() {
        client.close();
    }

    /** What the client refuses to send is wrong use. */
    private static <T> T asked(Supplier<T> request) {
        try {
            return request.get();
        } catch (IllegalArgumentException e) {
            throw new UsageException(String.valueOf(e.getMessage()), e);
        }
    }
}
