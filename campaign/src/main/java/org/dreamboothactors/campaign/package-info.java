/** The whole service as processes under seeded faults; started by {@code Main}. */
@NullMarked
package org.dreamboothactors.campaign;

import org.jspecify.annotations.NullMarked;
