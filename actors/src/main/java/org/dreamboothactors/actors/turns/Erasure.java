package org.dreamboothactors.actors.turns;

import org.dreamboothactors.protocol.v1.RunEvent;

/**
 * How far the erasure of a run is, as the run's facts tell it.
 *
 * <p>Workers may hear late that nothing is to be kept. What they tell of then counts as another round, and is erased too;
 * and so does who asks again when all was done.
 *
 * @param rounds 0: not wanted; else 1 and one more for each time it was asked for again, and for each fact since that
 *     names something in the store
 * @param done the newest round of which all is gone
 */
public record Erasure(int rounds, int done) {
    public static final Erasure NOT_WANTED = new Erasure(0, 0);

    public boolean isWanted() {
        return rounds > 0;
    }

    /** Whether something is left to be erased. */
    public boolean isDue() {
        return rounds > done;
    }

    /** How far it is once this fact is known as well. */
    public Erasure after(RunEvent event) {
        return switch (event.getFactCase()) {
            case ERASE_REQUESTED -> isDue() ? this : new Erasure(rounds + 1, done);
            case ERASED -> new Erasure(rounds, Math.max(done, event.getErased().getRound()));
            case REQUESTED, PHOTO_JUDGED, LATENTS_CACHED, SAMPLES_READY, STEPS_COMMITTED, CHECKPOINT_VERIFIED ->
                isWanted() ? new Erasure(rounds + 1, done) : this;
            default -> this; // names nothing that is the run's alone
        };
    }
}
