/** Training runs on a device, committed on the way, resumable, with one outcome. */
@NullMarked
package org.dreamboothactors.actors.trainer;

import org.jspecify.annotations.NullMarked;
