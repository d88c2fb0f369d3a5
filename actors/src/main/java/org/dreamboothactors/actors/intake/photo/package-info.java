/**
 * What is wrong with a photo, and its clean copy when nothing is.
 *
 * <p>Starts at {@link org.dreamboothactors.actors.intake.photo.PhotoExam}. Nothing here trusts a byte of the file, and
 * all of it runs in a process that may be killed.
 */
@NullMarked
package org.dreamboothactors.actors.intake.photo;

import org.jspecify.annotations.NullMarked;
