package org.dreamboothactors.actors.intake.photo;

import org.dreamboothactors.protocol.v1.PhotoVerdict;

/** A photo that is not used; the message says why, to the one who took it. */
public final class RefusedPhoto extends Exception {
    private static final long serialVersionUID = 1;

    private final PhotoVerdict verdict;

    public RefusedPhoto(PhotoVerdict verdict, String reason) {
        super(reason);
        this.verdict = verdict;
    }

    static RefusedPhoto undecodable(String reason) {
        return new RefusedPhoto(PhotoVerdict.UNDECODABLE, reason);
    }

    public PhotoVerdict verdict() {
        return verdict;
    }
}
