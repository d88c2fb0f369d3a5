package org.dreamboothactors.actors.inference;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.dreamboothactors.actors.work.SharedObjects;
import org.dreamboothactors.diffusion.ComputePrecision;
import org.dreamboothactors.protocol.v1.ClassImageGroup;
import org.dreamboothactors.protocol.v1.Sampling;
import org.dreamboothactors.storage.ArtifactStore;
import org.dreamboothactors.storage.Sha256;
import org.dreamboothactors.storage.Stored;

/**
 * Groups of class images in the store. A group is there when its list is, which is written last and once; so all runs
 * use the same bytes, whoever drew them.
 */
record ClassImages(ArtifactStore store) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int LARGEST_LIST = 1 << 20;
    /** Raised when the sampler's numbers change. A device's own last digits are no part: what was drawn first counts. */
    private static final String ENGINE = "3";

    /** The list of a group, as stored. */
    private record Group(List<Stored> images) {}

    /** Key prefix of a group: the digest of everything that decides its bytes. */
    static String prefix(ClassImageGroup group, String modelDigest) {
        Sampling sampling = group.getSampling();
        String content = String.join(
                "\n",
                modelDigest,
                group.getClassPrompt(),
                sampling.getSampler(),
                Integer.toString(sampling.getInferenceSteps()),
                Double.toString(sampling.getGuidanceScale()),
                sampling.getNegativePrompt(),
                sampling.getWidth() + "x" + sampling.getHeight(),
                group.getGroupIndex() + " of " + group.getGroupSize(),
                ENGINE,
                sampling.getEta() == 0 ? "" : "eta " + sampling.getEta());
        ComputePrecision precision = precision(group);
        if (precision != ComputePrecision.AUTO) { // what was drawn before there was a choice keeps its key
            content += "\nprecision " + precision.word();
        }
        return "class-images/" + Sha256.of(content.getBytes(StandardCharsets.UTF_8)) + "/";
    }

    /** What the run asks for. */
    static ComputePrecision precision(ClassImageGroup group) {
        return group.getPrecision().isEmpty() ? ComputePrecision.AUTO : ComputePrecision.of(group.getPrecision());
    }

    Optional<List<Stored>> find(String prefix) {
        String list = prefix + SharedObjects.GROUP_LIST;
        if (store.stat(list).isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(
                    JSON.readValue(store.read(list, LARGEST_LIST), Group.class).images());
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + list + ": it is damaged. Remove it", e);
        }
    }

    /** Announces a group whose images are stored; returns the group that counts, which another may have announced. */
    List<Stored> announce(String prefix, List<Stored> images) {
        try {
            if (store.createOnce(prefix + SharedObjects.GROUP_LIST, JSON.writeValueAsBytes(new Group(images)))) {
                return images;
            }
            return find(prefix).orElseThrow();
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException("Cannot list the images of " + prefix, e);
        }
    }
}
