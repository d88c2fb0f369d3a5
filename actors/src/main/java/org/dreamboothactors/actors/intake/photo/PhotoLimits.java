package org.dreamboothactors.actors.intake.photo;

import org.dreamboothactors.protocol.UploadLimits;

/** How large and how small a photo may be. */
public final class PhotoLimits {
    public static final long LARGEST_FILE_BYTES = UploadLimits.OBJECT_BYTES;

    static final int LARGEST_SIDE_PIXELS = 16_384;
    static final int SMALLEST_SIDE_PIXELS = 64;
    /** The largest that fits the memory of the judging process in every format. */
    static final long LARGEST_PIXELS = 64_000_000;

    private PhotoLimits() {}
}
