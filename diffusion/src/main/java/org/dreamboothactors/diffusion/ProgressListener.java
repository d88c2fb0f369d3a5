package org.dreamboothactors.diffusion;

/** Hears how far a drawing is; called on the drawing thread. */
@FunctionalInterface
public interface ProgressListener {

    /** {@code done} of {@code total} passes through the model are over. */
    void progressed(int done, int total);
}
