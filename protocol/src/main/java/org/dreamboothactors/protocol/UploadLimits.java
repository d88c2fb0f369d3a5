package org.dreamboothactors.protocol;

/** How much one upload may hold: clients do not send more, and the service refuses it. */
public final class UploadLimits {
    /** More than are used, so that verdicts tell which were too many; each is a fact of the run. */
    public static final int PHOTOS = 200;

    public static final int CLASS_PHOTOS = 1000;
    /** Named in one message each way, so that all of them fit into a record of Kafka. */
    public static final int CLASS_LATENTS = 2000;

    /** No photo and no file of latents is larger. */
    public static final long OBJECT_BYTES = 64L << 20;

    private UploadLimits() {}
}
