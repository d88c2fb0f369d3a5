/** Costs of single operations, measured by JMH. */
@NullMarked
package org.dreamboothactors.benchmarks.jmh;

import org.jspecify.annotations.NullMarked;
