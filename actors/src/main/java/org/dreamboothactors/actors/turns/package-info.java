/** Who gets a trainer next, and who makes way: {@link Line}, a fold of all runs' facts. */
@NullMarked
package org.dreamboothactors.actors.turns;

import org.jspecify.annotations.NullMarked;
