@NullMarked
package org.dreamboothactors.actors.encoder;

import org.jspecify.annotations.NullMarked;
