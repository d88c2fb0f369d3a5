/** The service: supervised actors that consume the topics; started by {@code DreamBoothService}. */
@NullMarked
package org.dreamboothactors.actors;

import org.jspecify.annotations.NullMarked;
