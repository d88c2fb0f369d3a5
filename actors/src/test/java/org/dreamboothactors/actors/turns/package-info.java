@NullMarked
package org.dreamboothactors.actors.turns;

import org.jspecify.annotations.NullMarked;
