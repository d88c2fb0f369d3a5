/** What every actor is doing right now, as operators see it. */
@NullMarked
package org.dreamboothactors.actors.board;

import org.jspecify.annotations.NullMarked;
