package org.dreamboothactors.diffusion;

/** Hears how far something long is; called on the thread that does it. */
@FunctionalInterface
public interface ProgressListener {

    /** {@code done} of {@code total} passes through the model are over. */
    void progressed(int done, int total);
}
