package org.dreamboothactors.protocol;

/** What the ids of work records say. */
public final class RequestIds {
    /** Begins the id of every group of class images; no client may name a request so. */
    public static final String CLASS_IMAGES = "class-images-";

    /** Begins the id of every attempt to train. */
    public static final String TRAINING = "train-";

    private RequestIds() {}

    /** Of an attempt to train; the first is 1. */
    public static String training(int attempt) {
        return TRAINING + attempt;
    }

    /** Whether a client asked for these pictures: the run itself goes on without them. */
    public static boolean isDraw(String topic, String requestId) {
        return topic.equals(Topics.REG_GENERATION) && !requestId.startsWith(CLASS_IMAGES);
    }
}
