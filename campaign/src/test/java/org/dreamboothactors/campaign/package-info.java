@NullMarked
package org.dreamboothactors.campaign;

import org.jspecify.annotations.NullMarked;
