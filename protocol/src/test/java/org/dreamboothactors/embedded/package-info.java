/** In this package to reach what {@code EmbeddedKafka} has for tests alone. */
@NullMarked
package org.dreamboothactors.embedded;

import org.jspecify.annotations.NullMarked;
