@NullMarked
package org.dreamboothactors.actors.intake;

import org.jspecify.annotations.NullMarked;
