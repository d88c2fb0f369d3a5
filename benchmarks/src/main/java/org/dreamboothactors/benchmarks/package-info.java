/** What things cost, as programs: nothing here is a test, nothing asserts a time. */
@NullMarked
package org.dreamboothactors.benchmarks;

import org.jspecify.annotations.NullMarked;
