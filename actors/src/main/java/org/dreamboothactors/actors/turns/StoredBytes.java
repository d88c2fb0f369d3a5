package org.dreamboothactors.actors.turns;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.dreamboothactors.protocol.UploadKeys;
import org.dreamboothactors.protocol.UploadLimits;
import org.dreamboothactors.protocol.v1.CachedLatent;
import org.dreamboothactors.protocol.v1.CheckpointVerified;
import org.dreamboothactors.protocol.v1.RunEvent;
import org.dreamboothactors.protocol.v1.StoredObject;
import org.dreamboothactors.protocol.v1.SubjectUpload;
import org.dreamboothactors.protocol.v1.UploadedPhoto;

/**
 * What tenants have in the store as the runs' facts tell it, and for which of their runs. What someone deletes by hand
 * still counts. Not thread-safe.
 */
final class StoredBytes {
    /** A run keeps its newest state and one more. */
    private static final int STATES = 2;
    /** Where latents lie that no other tenant shares. */
    private static final String OF_TENANTS = "latents/tenant/";

    private final Map<String, Map<String, Held>> held = new HashMap<>();

    /**
     * One thing that is stored.
     *
     * @param runs that have it, each with the round of its erasure in which it was told of, 0: not to be erased
     */
    private record Held(long bytes, Map<String, Integer> runs) {
        Held by(String runId, int round, long size) {
            Map<String, Integer> more = new HashMap<>(runs);
            more.put(runId, round);
            return new Held(size, Map.copyOf(more));
        }

        /** Empty when nobody has it any more. */
        Optional<Held> without(String runId, int round) {
            Map<String, Integer> fewer = new HashMap<>(runs);
            fewer.computeIfPresent(runId, (_, told) -> told <= round ? null : told);
            return fewer.isEmpty() ? Optional.empty() : Optional.of(new Held(bytes, Map.copyOf(fewer)));
        }
    }

    /** A run's fact, and the round of the run's erasure that it belongs to. */
    void hear(String tenant, RunEvent event, int round) {
        Claims claims = new Claims(tenant, event.getRunId(), round);
        switch (event.getFactCase()) {
            case REQUESTED -> claims.uploaded(event.getRequested().getUpload());
            case PHOTO_JUDGED -> {
                if (event.getPhotoJudged().hasImage()) {
                    claims.add(event.getPhotoJudged().getImage());
                }
            }
            // Class images that the service draws, and their latents, are everybody's and count for nobody.
            case LATENTS_CACHED ->
                event.getLatentsCached().getLatentsList().stream()
                        .map(CachedLatent::getMoments)
                        .filter(moments -> moments.getKey().startsWith(OF_TENANTS))
                        .forEach(claims::add);
            case SAMPLES_READY ->
                event.getSamplesReady().getSamplesList().forEach(sample -> claims.add(sample.getImage()));
            case STEPS_COMMITTED ->
                claims.put(
                        statesOf(event.getRunId()),
                        STATES * event.getStepsCommitted().getStateBytes());
            case CHECKPOINT_VERIFIED -> claims.verified(event.getCheckpointVerified());
            case ERASED -> erased(tenant, event.getRunId(), event.getErased().getRound());
            default -> {} // stores nothing
        }
    }

    /** Whoever trains it, or gets its record next, removes its states; those of runs that ended otherwise may stay. */
    void statesGo(String tenant, String runId) {
        held.getOrDefault(tenant, new HashMap<>()).remove(statesOf(runId));
    }

    long of(String tenant) {
        return held.getOrDefault(tenant, Map.of()).values().stream()
                .mapToLong(Held::bytes)
                .sum();
    }

    /**
     * Keys of the photos and latents that a run has and no other run of the tenant has for good.
     *
     * @param leaving whether a run is to be erased, too
     */
    List<String> alone(String tenant, String runId, Predicate<String> leaving) {
        return of(tenant, runId)
                .filter(thing -> thing.getValue().runs().keySet().stream()
                        .allMatch(holder -> holder.equals(runId) || leaving.test(holder)))
                .map(Map.Entry::getKey)
                .filter(key -> isOfTenant(tenant, key))
                .sorted()
                .toList();
    }

    /** Whether a key is one of photos or latents of a tenant's runs; a client may have named any. */
    private static boolean isOfTenant(String tenant, String key) {
        return UploadKeys.belongs(tenant, key)
                || key.startsWith("photos/" + tenant + "/")
                || key.startsWith(OF_TENANTS + tenant + "/");
    }

    /** Runs of the tenant that have something that this one has, and itself. */
    Set<String> sharers(String tenant, String runId) {
        return of(tenant, runId)
                .flatMap(thing -> thing.getValue().runs().keySet().stream())
                .collect(Collectors.toSet());
    }

    private Stream<Map.Entry<String, Held>> of(String tenant, String runId) {
        return held.getOrDefault(tenant, Map.of()).entrySet().stream()
                .filter(thing -> thing.getValue().runs().containsKey(runId));
    }

    private void erased(String tenant, String runId, int round) {
        Map<String, Held> things = held.getOrDefault(tenant, new HashMap<>());
        for (String what : List.copyOf(things.keySet())) {
            things.computeIfPresent(
                    what, (_, thing) -> thing.without(runId, round).orElse(null));
        }
    }

    private static String statesOf(String runId) {
        return "states of " + runId;
    }

    /** Of one fact. The same content is stored once. */
    private final class Claims {
        private final String tenant;
        private final String runId;
        private final int round;

        Claims(String tenant, String runId, int round) {
            this.tenant = tenant;
            this.runId = runId;
            this.round = round;
        }

        void uploaded(SubjectUpload upload) {
            claimed(upload.getPhotosList().stream().map(UploadedPhoto::getObject), UploadLimits.PHOTOS);
            claimed(upload.getClassPhotosList().stream().map(UploadedPhoto::getObject), UploadLimits.CLASS_PHOTOS);
            claimed(upload.getPhotoLatentsList().stream(), UploadLimits.PHOTOS);
            claimed(upload.getClassLatentsList().stream(), UploadLimits.CLASS_LATENTS);
        }

        /**
         * What a client says of a size counts as far as it can be true; intake and encoders refuse what has another. It
         * takes nothing off what is known.
         */
        private void claimed(Stream<StoredObject> objects, int most) {
            objects.limit(most)
                    .filter(object -> UploadKeys.belongs(tenant, object.getKey()))
                    .forEach(object -> put(
                            object.getKey(),
                            Math.clamp(object.getSizeBytes(), known(object.getKey()), UploadLimits.OBJECT_BYTES)));
        }

        private long known(String what) {
            Held thing = held.getOrDefault(tenant, Map.of()).get(what);
            return thing == null ? 0 : Math.min(thing.bytes(), UploadLimits.OBJECT_BYTES);
        }

        void verified(CheckpointVerified checkpoint) {
            put(
                    checkpoint.getPrefix(),
                    checkpoint.getFilesList().stream()
                            .mapToLong(StoredObject::getSizeBytes)
                            .sum());
        }

        void add(StoredObject object) {
            put(object.getKey(), object.getSizeBytes());
        }

        void put(String what, long size) {
            held.computeIfAbsent(tenant, _ -> new HashMap<>())
                    .merge(what, new Held(size, Map.of(runId, round)), (thing, _) -> thing.by(runId, round, size));
        }
    }
}
