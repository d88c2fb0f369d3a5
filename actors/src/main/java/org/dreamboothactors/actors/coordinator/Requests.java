package org.dreamboothactors.actors.coordinator;

import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.dreamboothactors.protocol.v1.CachedLatent;
import org.dreamboothactors.protocol.v1.ClassImageGroup;
import org.dreamboothactors.protocol.v1.GenerationRequest;
import org.dreamboothactors.protocol.v1.LatentRequest;
import org.dreamboothactors.protocol.v1.LatentsCached;
import org.dreamboothactors.protocol.v1.RunAccepted;
import org.dreamboothactors.protocol.v1.RunSpec;
import org.dreamboothactors.protocol.v1.SampleRequest;
import org.dreamboothactors.protocol.v1.StoredObject;
import org.dreamboothactors.protocol.v1.TrainRequest;

/**
 * The work records of an accepted run.
 *
 * @param groupSize class images are made in groups of this size, and the last one is not used up
 */
record Requests(String runId, String tenant, RunAccepted accepted, int groupSize) {
    private static final String CLASS_SCOPE = "class";
    private static final int OWN_PART = 40;

    private RunSpec spec() {
        return accepted.getSpec();
    }

    /** Of the photos; none where they are encoded online. */
    Optional<LatentRequest> instanceLatents() {
        if (spec().getEncodeOnline()) {
            return Optional.empty();
        }
        return Optional.of(
                accepted.getImageLatentsCount() > 0
                        ? given(WorkId.instanceLatents(), accepted.getImageLatentsList())
                        : own(WorkId.instanceLatents(), accepted.getImagesList()));
    }

    /** In how many parts the client's own class images are encoded: other work gets its turn in between. */
    int ownParts() {
        return spec().getEncodeOnline() ? 0 : Math.ceilDiv(accepted.getClassImagesCount(), OWN_PART);
    }

    /** Of a part of the class images that the client brought. */
    LatentRequest ownClassLatents(int part) {
        List<StoredObject> all = accepted.getClassImagesList();
        int from = part * OWN_PART;
        return own(WorkId.ownClassLatents(part), all.subList(from, Math.min(from + OWN_PART, all.size())));
    }

    /** How many groups the wanted class images need; none without prior preservation or with given latents. */
    int groups() {
        int wanted = classImages();
        return wanted / groupSize + (wanted % groupSize == 0 ? 0 : 1);
    }

    /** Latents that the client gave in place of class images. */
    Optional<LatentRequest> givenClassLatents() {
        return accepted.getClassLatentsCount() == 0
                ? Optional.empty()
                : Optional.of(given(WorkId.givenClassLatents(), accepted.getClassLatentsList()));
    }

    GenerationRequest classImages(int group) {
        return generation(WorkId.classImages(group))
                .setClassImages(ClassImageGroup.newBuilder()
                        .setClassPrompt(spec().getClassPrompt())
                        .setSampling(spec().getPrior().getSampling())
                        .setGroupIndex(group)
                        .setGroupSize(groupSize)
                        .setPrecision(spec().getTraining().getCompute().getPrecision()))
                .build();
    }

    /** The latents of as many images of a group as are wanted. */
    LatentRequest classLatents(int group, List<StoredObject> images) {
        int stillWanted = classImages() - group * groupSize;
        return latents(WorkId.classLatents(group), CLASS_SCOPE, images.subList(0, Math.min(images.size(), stillWanted)))
                // Class images are drawn for this; a crop by the run's seed would only keep runs from sharing them.
                .setCenterCrop(true)
                .build();
    }

    /** @param samples all defaults filled in */
    GenerationRequest draw(String controlId, SampleRequest samples) {
        return generation(WorkId.draw(controlId)).setSamples(samples).build();
    }

    TrainRequest training(int attempt, long fromStep, SortedMap<String, LatentsCached> latents) {
        TrainRequest.Builder request = TrainRequest.newBuilder();
        if (spec().getEncodeOnline()) {
            request.addAllClassImages(accepted.getClassImagesList());
        }
        return request.setRunId(runId)
                .setAttempt(attempt)
                .setFromStep(fromStep)
                .setBaseModel(spec().getBaseModel())
                .setBaseModelDigest(accepted.getBaseModelDigest())
                .setSpec(spec())
                .addAllImages(accepted.getImagesList())
                .addAllInstanceLatents(of(latents, WorkId.instanceLatents()))
                .addAllClassLatents(of(latents, WorkId.givenClassLatents()))
                .addAllClassLatents(classLatentWork()
                        .flatMap(work -> of(latents, work).stream())
                        .toList())
                .build();
    }

    /** Whether everything that training needs was encoded. */
    boolean isComplete(SortedMap<String, LatentsCached> latents) {
        return (spec().getEncodeOnline()
                        || latents.containsKey(WorkId.instanceLatents().requestId()))
                && (accepted.getClassLatentsCount() == 0
                        || latents.containsKey(WorkId.givenClassLatents().requestId()))
                && classLatentWork().allMatch(work -> latents.containsKey(work.requestId()));
    }

    /** The client's own first, then those that are made. */
    private Stream<WorkId> classLatentWork() {
        return Stream.concat(
                IntStream.range(0, ownParts()).mapToObj(WorkId::ownClassLatents),
                IntStream.range(0, groups()).mapToObj(WorkId::classLatents));
    }

    private static List<CachedLatent> of(SortedMap<String, LatentsCached> latents, WorkId work) {
        return latents.getOrDefault(work.requestId(), LatentsCached.getDefaultInstance())
                .getLatentsList();
    }

    /** To be made: what the client's own lack, and none where latents were given. */
    private int classImages() {
        boolean made = spec().hasPrior() && accepted.getClassLatentsCount() == 0;
        return made ? Math.max(0, spec().getPrior().getNumClassImages() - accepted.getClassImagesCount()) : 0;
    }

    /** Who may share what a client brought. */
    private String scope() {
        return "tenant/" + tenant;
    }

    /** Of pictures that the client brought. */
    private LatentRequest own(WorkId work, List<StoredObject> images) {
        return latents(work, scope(), images)
                .setCenterCrop(spec().getCenterCrop())
                .setCropSeed(spec().getSeed())
                .build();
    }

    private LatentRequest given(WorkId work, List<StoredObject> files) {
        return latents(work, scope(), List.of()).addAllGiven(files).build();
    }

    private LatentRequest.Builder latents(WorkId work, String scope, List<StoredObject> images) {
        return LatentRequest.newBuilder()
                .setRunId(runId)
                .setRequestId(work.requestId())
                .setBaseModel(spec().getBaseModel())
                .setBaseModelDigest(accepted.getBaseModelDigest())
                .setScope(scope)
                .addAllImages(images)
                .setResolution(spec().getResolution());
    }

    private GenerationRequest.Builder generation(WorkId work) {
        return GenerationRequest.newBuilder()
                .setRunId(runId)
                .setRequestId(work.requestId())
                .setBaseModel(spec().getBaseModel())
                .setBaseModelDigest(accepted.getBaseModelDigest());
    }
}
