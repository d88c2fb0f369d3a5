/** Decides what every run needs next; {@code CoordinatorActor} is the door. */
@NullMarked
package org.dreamboothactors.actors.coordinator;

import org.jspecify.annotations.NullMarked;
