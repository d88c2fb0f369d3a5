@NullMarked
package org.dreamboothactors.actors.board.runs;

import org.jspecify.annotations.NullMarked;
