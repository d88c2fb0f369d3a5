/** What every actor, queue and run is doing right now, as operators see it in a browser; entry point {@link Dashboard}. */
@NullMarked
package org.dreamboothactors.actors.board;

import org.jspecify.annotations.NullMarked;
