@NullMarked
package org.dreamboothactors.actors.board;

import org.jspecify.annotations.NullMarked;
