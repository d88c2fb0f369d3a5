package org.dreamboothactors.actors.turns;

import java.util.Optional;

/** Knows who gets a trainer next. Any thread may ask; the answer may be a moment old. */
@FunctionalInterface
public interface Turns {

    /** The run whose train-step record is to be written now; empty while nobody waits or a record is still to be taken. */
    Optional<String> next();
}
