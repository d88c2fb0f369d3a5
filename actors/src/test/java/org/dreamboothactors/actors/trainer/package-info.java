@NullMarked
package org.dreamboothactors.actors.trainer;

import org.jspecify.annotations.NullMarked;
