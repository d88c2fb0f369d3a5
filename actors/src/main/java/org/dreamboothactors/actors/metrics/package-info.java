/** Figures of a node for Prometheus; entry point {@link Meters}. */
@NullMarked
package org.dreamboothactors.actors.metrics;

import org.jspecify.annotations.NullMarked;
