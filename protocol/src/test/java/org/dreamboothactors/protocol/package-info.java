@NullMarked
package org.dreamboothactors.protocol;

import org.jspecify.annotations.NullMarked;
