package org.dreamboothactors.protocol;

/** What the ids of work records say. */
public final class RequestIds {
    /** Begins the id of every group of class images; no client may name a request so. */
    public static final String CLASS_IMAGES = "class-images-";

    private RequestIds() {}

    /** Whether a client asked for these pictures: the run itself goes on without them. */
    public static boolean isDraw(String topic, String requestId) {
        return topic.equals(Topics.REG_GENERATION) && !requestId.startsWith(CLASS_IMAGES);
    }
}
