package org.dreamboothactors.actors.coordinator;

import java.util.regex.Pattern;
import org.dreamboothactors.protocol.RequestIds;
import org.dreamboothactors.protocol.Topics;

/** Names one work record of a run. Built from what is asked, so that the same thing is never asked under two names. */
record WorkId(String topic, String requestId) {
    /** It becomes part of a key in the store. */
    private static final Pattern CONTROL_ID = Pattern.compile("[A-Za-z0-9_-]{1,64}");

    static WorkId instanceLatents() {
        return new WorkId(Topics.LATENT_CACHE, "instance-latents");
    }

    static WorkId classImages(int group) {
        return new WorkId(Topics.REG_GENERATION, RequestIds.CLASS_IMAGES + group);
    }

    static WorkId classLatents(int group) {
        return new WorkId(Topics.LATENT_CACHE, "class-latents-" + group);
    }

    /** Of some of the class images that the client brought. */
    static WorkId ownClassLatents(int part) {
        return new WorkId(Topics.LATENT_CACHE, "class-latents-own-" + part);
    }

    /** Latents that the client gave in place of class images. */
    static WorkId givenClassLatents() {
        return new WorkId(Topics.LATENT_CACHE, "class-latents-given");
    }

    static WorkId training(int attempt) {
        return new WorkId(Topics.TRAIN_STEP, RequestIds.training(attempt));
    }

    /** Pictures that a client asked for. */
    static WorkId draw(String controlId) {
        return new WorkId(Topics.REG_GENERATION, controlId);
    }

    /** Whether a client may name its request so. */
    static boolean isControlId(String id) {
        return CONTROL_ID.matcher(id).matches() && draw(id).isDraw();
    }

    /** Whether the run itself goes on without it. */
    boolean isDraw() {
        return RequestIds.isDraw(topic, requestId);
    }
}
