/** Every run as operators see it, folded from run-events in bounded memory; entry point {@link RunViews}. */
@NullMarked
package org.dreamboothactors.actors.board.runs;

import org.jspecify.annotations.NullMarked;
