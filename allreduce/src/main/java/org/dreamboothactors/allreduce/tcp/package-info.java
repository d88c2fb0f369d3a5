/** All-reduce between machines: a ring of TCP connections (reduce-scatter, then all-gather). */
@NullMarked
package org.dreamboothactors.allreduce.tcp;

import org.jspecify.annotations.NullMarked;
