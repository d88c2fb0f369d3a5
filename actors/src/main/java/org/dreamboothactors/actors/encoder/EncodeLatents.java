package org.dreamboothactors.actors.encoder;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.dreamboothactors.actors.device.Device;
import org.dreamboothactors.actors.device.DeviceCommand;
import org.dreamboothactors.actors.device.DeviceRefused;
import org.dreamboothactors.actors.work.BaseModels.BaseModel;
import org.dreamboothactors.actors.work.InOrderOfPriority;
import org.dreamboothactors.actors.work.Node;
import org.dreamboothactors.actors.work.Outcome;
import org.dreamboothactors.actors.work.Scratch;
import org.dreamboothactors.actors.work.SharedObjects;
import org.dreamboothactors.actors.work.Shift;
import org.dreamboothactors.actors.work.Worker;
import org.dreamboothactors.protocol.Events;
import org.dreamboothactors.protocol.Topics;
import org.dreamboothactors.protocol.Wire;
import org.dreamboothactors.protocol.v1.CachedLatent;
import org.dreamboothactors.protocol.v1.LatentRequest;
import org.dreamboothactors.protocol.v1.LatentsCached;
import org.dreamboothactors.protocol.v1.StoredObject;
import org.dreamboothactors.storage.StorageException;
import org.dreamboothactors.storage.Stored;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Encodes the images of a request that nobody has encoded yet, and tells where all of them are. */
public record EncodeLatents(Node node) implements Worker<LatentRequest> {
    private static final Logger LOG = LoggerFactory.getLogger(EncodeLatents.class);

    public static final InOrderOfPriority.Kind<LatentRequest> KIND = new InOrderOfPriority.Kind<>(
            Topics.LATENT_CACHE,
            LatentRequest::getRunId,
            LatentRequest::getPassedList,
            (request, passed) ->
                    request.toBuilder().clearPassed().addAllPassed(passed).build());

    @Override
    public Outcome work(LatentRequest request, Device.Turn device, Shift shift) {
        if (node.ended().contains(request.getRunId())) {
            try {
                tellWhatIsThere(request);
            } catch (StorageException e) {
                return new Outcome.Again("what is stored for it cannot be looked up: " + e.getMessage());
            }
        }
        return node.withModel(
                request.getRunId(),
                request.getBaseModel(),
                request.getBaseModelDigest(),
                reason -> fail(request, reason),
                model -> work(request, model, device, shift));
    }

    private Outcome work(LatentRequest request, BaseModel model, Device.Turn device, Shift shift) {
        try {
            return request.getGivenCount() > 0 ? take(request, model, shift) : encode(request, model, device, shift);
        } catch (DeviceRefused | IllegalArgumentException | UnsupportedOperationException e) {
            return fail(request, String.valueOf(e.getMessage()));
        }
    }

    private Outcome take(LatentRequest request, BaseModel model, Shift shift) {
        shift.says(request.getRunId() + ": judging " + request.getGivenCount() + " given latents");
        try (Scratch scratch = node.scratch()) {
            tell(
                    request,
                    GivenLatents.of(node.store(), scratch, request, model.folder())
                            .taken(request),
                    0);
        }
        return new Outcome.Done();
    }

    private Outcome encode(LatentRequest request, BaseModel model, Device.Turn device, Shift shift) {
        List<CachedLatent> latents = new ArrayList<>();
        int encoded = 0;
        try (Scratch scratch = node.scratch()) {
            for (StoredObject image : request.getImagesList()) {
                if (shift.over()) {
                    return new Outcome.Again("the shift is over"); // what is encoded is stored and found again
                }
                shift.says(request.getRunId() + ": latent " + (latents.size() + 1) + " of " + request.getImagesCount());
                LatentKey key = LatentKey.of(request, image);
                Optional<Stored> there = node.store().stat(key.objectKey());
                Stored moments = there.isPresent() ? there.get() : encode(key, image, model, device, scratch);
                encoded += there.isPresent() ? 0 : 1;
                latents.add(CachedLatent.newBuilder()
                        .setImageSha256(image.getSha256())
                        .setMoments(Wire.message(moments))
                        .build());
            }
        }
        tell(request, latents, encoded);
        return new Outcome.Done();
    }

    /** Whoever stored them may not have come to tell of them; what nobody told of cannot be erased with the run. */
    private void tellWhatIsThere(LatentRequest request) {
        if (!request.getScope().startsWith(LatentKey.OF_TENANTS)) {
            return; // everybody's
        }
        List<CachedLatent> there = Stream.concat(
                        request.getImagesList().stream()
                                .map(image -> LatentKey.of(request, image).objectKey()),
                        request.getGivenList().stream().map(file -> GivenLatents.objectKey(request.getScope(), file)))
                .flatMap(key -> node.store().stat(key).stream())
                .map(moments -> CachedLatent.newBuilder()
                        .setMoments(Wire.message(moments))
                        .build())
                .toList();
        if (!there.isEmpty()) {
            tell(request, there, 0);
        }
    }

    private void tell(LatentRequest request, List<CachedLatent> latents, int encoded) {
        node.facts()
                .tell(Events.event(request.getRunId(), "latents-cached-" + request.getRequestId())
                        .setLatentsCached(LatentsCached.newBuilder()
                                .setRequestId(request.getRequestId())
                                .addAllLatents(latents)
                                .setEncoded(encoded)
                                .setReused(latents.size() - encoded))
                        .build());
    }

    private Stored encode(LatentKey key, StoredObject image, BaseModel model, Device.Turn device, Scratch scratch) {
        Path png = scratch.file(image.getSha256() + ".png");
        Path moments = scratch.file(image.getSha256() + ".safetensors");
        new SharedObjects(node.store()).fetch(Wire.stored(image), png);
        device.ask(new DeviceCommand.Encode(
                model.folder(), List.of(new DeviceCommand.Photo(png, moments, key.resolution(), key.randomCrop()))));
        return store(key.objectKey(), moments);
    }

    /** Of several encoders with other bits the first counts: its moments may be announced already. */
    private Stored store(String key, Path moments) {
        try {
            var _ = node.store().createOnce(key, Files.readAllBytes(moments));
            return node.store().stat(key).orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read the moments in " + moments + ": " + e.getMessage(), e);
        }
    }

    @Override
    public Outcome fail(LatentRequest request, String reason) {
        Outcome failed = node.fail(request.getRunId(), Topics.LATENT_CACHE, request.getRequestId(), reason);
        try {
            tellWhatIsThere(request); // after the failure: for themselves they would say that all of them are there
        } catch (StorageException e) { // the failure stands
            LOG.warn("Latents of {} may stay when it is erased: {}", request.getRunId(), e.getMessage());
        }
        return failed;
    }
}
