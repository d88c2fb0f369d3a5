/** All-reduce between processes of one machine: each sees the numbers of all in one mapped file. */
@NullMarked
package org.dreamboothactors.allreduce.mapped;

import org.jspecify.annotations.NullMarked;
