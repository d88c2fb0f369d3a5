@NullMarked
package org.dreamboothactors.actors.coordinator;

import org.jspecify.annotations.NullMarked;
