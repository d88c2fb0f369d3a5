package org.dreamboothactors.actors.turns;

import java.util.HashMap;
import java.util.Map;
import org.dreamboothactors.protocol.v1.CheckpointVerified;
import org.dreamboothactors.protocol.v1.StepsCommitted;
import org.dreamboothactors.protocol.v1.StoredObject;
import org.dreamboothactors.protocol.v1.SubjectUpload;

/** What tenants have in the store as the runs' facts tell it. What someone deletes by hand still counts. Not thread-safe. */
final class StoredBytes {
    /** A run keeps its newest state and one more. */
    private static final int STATES = 2;

    private final Map<String, Map<String, Long>> bytes = new HashMap<>();

    /** The same content is stored once. */
    void uploaded(SubjectUpload upload) {
        upload.getPhotosList().forEach(photo -> add(upload.getTenant(), photo.getObject()));
        upload.getClassPhotosList().forEach(photo -> add(upload.getTenant(), photo.getObject()));
        upload.getPhotoLatentsList().forEach(latents -> add(upload.getTenant(), latents));
        upload.getClassLatentsList().forEach(latents -> add(upload.getTenant(), latents));
    }

    void committed(String tenant, String runId, StepsCommitted state) {
        put(tenant, "states of " + runId, STATES * state.getStateBytes());
    }

    /** Then its states are removed; those of runs that ended otherwise may still be there. */
    void trained(String tenant, String runId) {
        bytes.getOrDefault(tenant, new HashMap<>()).remove("states of " + runId);
    }

    void verified(String tenant, CheckpointVerified checkpoint) {
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

    private void add(String tenant, StoredObject object) {
        put(tenant, object.getKey(), Math.max(0, object.getSizeBytes()));
    }

    private void put(String tenant, String what, long size) {
        bytes.computeIfAbsent(tenant, _ -> new HashMap<>()).put(what, size);
    }
}
