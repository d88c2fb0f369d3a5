package org.dreamboothactors.protocol;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Consumer;
import org.dreamboothactors.protocol.v1.Cancel;
import org.dreamboothactors.protocol.v1.CheckpointReady;
import org.dreamboothactors.protocol.v1.Draw;
import org.dreamboothactors.protocol.v1.Erase;
import org.dreamboothactors.protocol.v1.RunControl;
import org.dreamboothactors.protocol.v1.RunEvent;
import org.dreamboothactors.protocol.v1.RunSpec;
import org.dreamboothactors.protocol.v1.SampleRequest;
import org.dreamboothactors.protocol.v1.StoredObject;
import org.dreamboothactors.protocol.v1.SubjectUpload;
import org.dreamboothactors.storage.ArtifactStore;
import org.dreamboothactors.storage.StorageException;
import org.dreamboothactors.storage.StoreSettings;

/**
 * What a program needs to have subjects personalised: upload photos, follow the run, take the checkpoint.
 *
 * <p>Talks to a service through its Kafka and its artifact store. Safe from any thread; every call ends in bounded time
 * and fails with {@link BrokerException}, {@link StorageException} or, for a request that cannot work,
 * {@link IllegalArgumentException}. Followers and subscriptions are closed by who asked for them.
 */
public final class DreamBoothClient implements AutoCloseable {
    private static final int LARGEST_READ_BYTES = 256 << 20;

    private final KafkaConnection kafka;
    private final ArtifactStore store;
    private final Publisher publisher;
    private final InstantSource clock;

    private DreamBoothClient(KafkaConnection kafka, ArtifactStore store, Publisher publisher, InstantSource clock) {
        this.kafka = kafka;
        this.store = store;
        this.publisher = publisher;
        this.clock = clock;
    }

    /** Where a subscription starts. */
    public enum From {
        /** With all that was ever published. */
        BEGINNING,
        /** With what is published from now on. */
        NOW
    }

    /**
     * Connects to a running service whose Kafka asks for neither TLS nor SASL; throws within about 15 s when Kafka or
     * the store is not there.
     *
     * @param bootstrapServers of Kafka, {@code host:port} separated by commas
     * @param store its artifact store; the bucket must exist
     */
    public static DreamBoothClient connect(String bootstrapServers, StoreSettings store) {
        return connect(KafkaConnection.plain(bootstrapServers), store);
    }

    /** The same to a Kafka that may ask for TLS and SASL. */
    public static DreamBoothClient connect(KafkaConnection kafka, StoreSettings store) {
        Reach.kafka(kafka);
        ArtifactStore opened = Reach.store(store);
        return new DreamBoothClient(kafka, opened, new Publisher(kafka), InstantSource.system());
    }

    /**
     * Uploads photos and asks for a run.
     *
     * @param tenant whose photos these are, 1 to 64 of {@code [a-z0-9-]}
     * @param photos files of at most 64 MiB; the service judges each and tells its verdict as an event
     * @param spec needs at least the instance prompt and the number of steps
     * @return the fresh id of the run
     */
    public String submit(String tenant, List<Path> photos, RunSpec spec) {
        return submit(Ids.fresh(), tenant, photos, spec);
    }

    /**
     * The same under an id of one's own, 1 to 64 of {@code [a-z0-9-]}. After a failure it may be sent again: of several
     * uploads with one id the first counts.
     */
    public String submit(String runId, String tenant, List<Path> photos, RunSpec spec) {
        return submit(runId, tenant, photos, spec, List.of(), CachedLatents.none());
    }

    /**
     * The same with pictures of the class that the client has, and with latents that need not be computed.
     *
     * @param classPhotos judged like photos; what they lack of {@code num_class_images} is made
     */
    public String submit(
            String runId,
            String tenant,
            List<Path> photos,
            RunSpec spec,
            List<Path> classPhotos,
            CachedLatents latents) {
        Ids.run(runId);
        Ids.tenant(tenant);
        Requests.check(spec);
        Uploads.check(photos);
        Uploads.checkClass(classPhotos);
        Uploads.check(latents, photos.size());
        SubjectUpload upload = SubjectUpload.newBuilder()
                .setRunId(runId)
                .setTenant(tenant)
                .addAllPhotos(Uploads.store(store, tenant, photos))
                .addAllClassPhotos(Uploads.store(store, tenant, classPhotos))
                .setSpec(spec)
                .setRequestedAtMs(clock.millis())
                .addAllPhotoLatents(Uploads.storeLatents(store, tenant, latents.photos()))
                .addAllClassLatents(Uploads.storeLatents(store, tenant, latents.classes()))
                .build();
        publisher.publish(Topics.SUBJECT_UPLOAD, runId, upload);
        return runId;
    }

    /** Asks for a run to be ended; {@code RunCancelled} follows unless the run has ended already. */
    public void cancel(String runId, String reason) {
        control(runId, RunControl.newBuilder().setCancel(Cancel.newBuilder().setReason(reason)));
    }

    /**
     * Asks that nothing of a run be kept in the store but what other runs of its tenant have too; {@code RunErased}
     * follows, after {@code RunCancelled} where the run had not ended.
     */
    public void erase(String runId, String reason) {
        control(runId, RunControl.newBuilder().setErase(Erase.newBuilder().setReason(reason)));
    }

    /**
     * Asks for pictures of a run's checkpoint or of its base model.
     *
     * @return the id under which {@code SamplesReady}, or {@code WorkFailed}, answers as {@code request_id}
     */
    public String draw(String runId, SampleRequest samples) {
        Requests.check(samples);
        return control(runId, RunControl.newBuilder().setDraw(Draw.newBuilder().setSamples(samples)));
    }

    /** Brings a LoRA file of at most 2 GiB to the store, to be named in a {@link SampleRequest}; a second time costs little. */
    public StoredObject uploadLora(Path file) {
        return Uploads.storeLora(store, file);
    }

    private String control(String runId, RunControl.Builder command) {
        String controlId = Ids.fresh();
        publisher.publish(
                Topics.RUN_CONTROL,
                Ids.run(runId),
                command.setRunId(runId).setControlId(controlId).build());
        return controlId;
    }

    /** Follows a run from its beginning, whether it is over, goes on or is still to be submitted. */
    public RunFollower follow(String runId) {
        return new RunFollower(kafka, Ids.run(runId));
    }

    /** Hands out all runs' events up to now one by one, those of one run in order, each once. */
    public void replay(Consumer<RunEvent> each) {
        new History(kafka).events(each);
    }

    /** Hands out one run's events up to now in order, each once; none where nobody submitted it. */
    public void replay(String runId, Consumer<RunEvent> each) {
        new History(kafka).events(Ids.run(runId), each);
    }

    /** Hands out the checkpoints of one run up to now in the order of their steps, each once. */
    public void replayCheckpoints(String runId, Consumer<CheckpointReady> each) {
        new History(kafka).checkpoints(Ids.run(runId), each);
    }

    /** Hears of the checkpoints of all runs. */
    public CheckpointSubscription checkpoints(From from) {
        return new CheckpointSubscription(
                switch (from) {
                    case BEGINNING -> TopicReader.ofAll(kafka, Topics.CHECKPOINT_READY, CheckpointReady.parser());
                    case NOW -> TopicReader.ofNew(kafka, Topics.CHECKPOINT_READY, CheckpointReady.parser());
                });
    }

    /** An object that an event names, such as a picture, checked against its digest; at most 256 MiB. */
    public byte[] read(StoredObject object) {
        if (object.getSizeBytes() > LARGEST_READ_BYTES) {
            throw new IllegalArgumentException("Cannot read " + object.getKey() + ": it is " + object.getSizeBytes()
                    + " bytes, expected at most " + LARGEST_READ_BYTES + ". Checkpoints are downloaded to files");
        }
        return store.readVerified(Wire.stored(object));
    }

    /**
     * Brings a checkpoint's folder to this machine, every file checked against its digest. The folder appears whole or
     * not at all; it must be new or empty.
     */
    public void download(CheckpointReady checkpoint, Path folder) {
        Downloads.bring(store, checkpoint, folder);
    }

    @Override
    public void close() {
        publisher.close();
        store.close();
    }
}
