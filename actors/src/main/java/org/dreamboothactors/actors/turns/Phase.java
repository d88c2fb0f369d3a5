package org.dreamboothactors.actors.turns;

/** Where an open run stands. */
public enum Phase {
    /** Its photos, latents or class images are in the making. */
    PREPARING,
    /** It can be trained; no train-step record of it waits. */
    QUEUED,
    /** Its train-step record waits to be taken; it goes on waiting. */
    ASKED,
    /** A trainer has it and gathers what it needs: model, latents, more devices. */
    TAKEN,
    TRAINING,
    /** It made way and is not queued again yet. */
    YIELDED,
    /** Nobody enters it: to others, one whose trainer tells nothing for long and may be gone, its record left to wait. */
    SILENT;

    /** For people. */
    String state() {
        return switch (this) {
            case PREPARING -> "preparing";
            case QUEUED, ASKED, YIELDED -> "waiting";
            case TAKEN, TRAINING, SILENT -> "training";
        };
    }

    /** Whether it has a device. */
    boolean holdsDevice() {
        return this == TAKEN || this == TRAINING;
    }

    /** Whether it waits for one to train on. */
    boolean waits() {
        return this == QUEUED || this == ASKED;
    }
}
