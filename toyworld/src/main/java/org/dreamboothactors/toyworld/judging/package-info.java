/** The judge of the toy world: what it learns from, and the exam it has to pass before it judges anything. */
@NullMarked
package org.dreamboothactors.toyworld.judging;

import org.jspecify.annotations.NullMarked;
