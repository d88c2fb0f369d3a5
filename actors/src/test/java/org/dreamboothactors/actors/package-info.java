@NullMarked
package org.dreamboothactors.actors;

import org.jspecify.annotations.NullMarked;
