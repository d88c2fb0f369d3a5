/**
 * Sums numbers over the ranks of a run, each a process of its own, so that all of them end with the same bits.
 *
 * <p>Entry points are {@link org.dreamboothactors.allreduce.mapped.MappedAllReduce} on one machine and
 * {@link org.dreamboothactors.allreduce.tcp.TcpDoor} between machines. Needs nothing but the JDK.
 */
@NullMarked
package org.dreamboothactors.allreduce;

import org.jspecify.annotations.NullMarked;
