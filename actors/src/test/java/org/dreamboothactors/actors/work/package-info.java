@NullMarked
package org.dreamboothactors.actors.work;

import org.jspecify.annotations.NullMarked;
