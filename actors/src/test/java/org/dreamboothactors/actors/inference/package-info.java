@NullMarked
package org.dreamboothactors.actors.inference;

import org.jspecify.annotations.NullMarked;
