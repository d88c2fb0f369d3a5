/**
 * Judges uploaded photos: one verdict each, and a clean copy of the good ones in the store.
 *
 * <p>{@link org.dreamboothactors.actors.intake.Intake} is the actor to ask. Photos are hostile, so they are looked at
 * in a child process without credentials, which is killed when a photo takes too much of it.
 */
@NullMarked
package org.dreamboothactors.actors.intake;

import org.jspecify.annotations.NullMarked;
