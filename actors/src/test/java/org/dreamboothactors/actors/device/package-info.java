@NullMarked
package org.dreamboothactors.actors.device;

import org.jspecify.annotations.NullMarked;
