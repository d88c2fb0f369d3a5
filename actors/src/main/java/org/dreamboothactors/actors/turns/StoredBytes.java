package org.dreamboothactors.actors.turns;

import java.util.HashMap;
import java.util.Map;
import org.dreamboothactors.protocol.UploadLimits;
import org.dreamboothactors.protocol.v1.CachedLatent;
import org.dreamboothactors.protocol.v1.CheckpointVerified;
import org.dreamboothactors.protocol.v1.RunEvent;
import org.dreamboothactors.protocol.v1.StoredObject;
import org.dreamboothactors.protocol.v1.SubjectUpload;

/** What tenants have in the store as the runs' facts tell it. What someone deletes by hand still counts. Not thread-safe. */
final class StoredBytes {
    /** A run keeps its newest state and one more. */
    private static final int STATES = 2;
    /** Where latents lie that no other tenant shares. */
    private static final String OF_TENANTS = "latents/tenant/";

    private final Map<String, Map<String, Long>> bytes = new HashMap<>();

    /** The same content is stored once. */
    void uploaded(SubjectUpload upload) {
        upload.getPhotosList().forEach(photo -> claimed(upload.getTenant(), photo.getObject()));
        upload.getClassPhotosList().forEach(photo -> claimed(upload.getTenant(), photo.getObject()));
        upload.getPhotoLatentsList().forEach(latents -> claimed(upload.getTenant(), latents));
        upload.getClassLatentsList().forEach(latents -> claimed(upload.getTenant(), latents));
    }

    /** What a client says of a size counts as far as it can be true; intake and encoders refuse what has another. */
    private void claimed(String tenant, StoredObject object) {
        put(tenant, object.getKey(), Math.clamp(object.getSizeBytes(), 0, UploadLimits.OBJECT_BYTES));
    }

    /**
     * What a run's fact says is stored for its tenant. Class images that the service draws, and their latents, are everybody's
     * and count for nobody.
     */
    void hear(String tenant, RunEvent event) {
        switch (event.getFactCase()) {
            case PHOTO_JUDGED -> {
                if (event.getPhotoJudged().hasImage()) {
                    add(tenant, event.getPhotoJudged().getImage());
                }
            }
            case LATENTS_CACHED ->
                event.getLatentsCached().getLatentsList().stream()
                        .map(CachedLatent::getMoments)
                        .filter(moments -> moments.getKey().startsWith(OF_TENANTS))
                        .forEach(moments -> add(tenant, moments));
            case SAMPLES_READY ->
                event.getSamplesReady().getSamplesList().forEach(sample -> add(tenant, sample.getImage()));
            case STEPS_COMMITTED ->
                put(
                        tenant,
                        statesOf(event.getRunId()),
                        STATES * event.getStepsCommitted().getStateBytes());
            case CHECKPOINT_VERIFIED -> verified(tenant, event.getCheckpointVerified());
            default -> {} // stores nothing
        }
    }

    /** Whoever trains it, or gets its record next, removes its states; those of runs that ended otherwise may stay. */
    void statesGo(String tenant, String runId) {
        bytes.getOrDefault(tenant, new HashMap<>()).remove(statesOf(runId));
    }

    private void verified(String tenant, CheckpointVerified checkpoint) {
        put(
                tenant,
                checkpoint.getPrefix(),
                checkpoint.getFilesList().stream()
                        .mapToLong(StoredObject::getSizeBytes)
                        .sum());
    }

    long of(String tenant) {
        return bytes.getOrDefault(tenant, Map.of()).values().stream()
                .mapToLong(Long::longValue)
                .sum();
    }

    private static String statesOf(String runId) {
        return "states of " + runId;
    }

    private void add(String tenant, StoredObject object) {
        put(tenant, object.getKey(), object.getSizeBytes());
    }

    private void put(String tenant, String what, long size) {
        bytes.computeIfAbsent(tenant, _ -> new HashMap<>()).put(what, size);
    }
}
