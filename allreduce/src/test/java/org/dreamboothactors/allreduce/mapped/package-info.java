@NullMarked
package org.dreamboothactors.allreduce.mapped;

import org.jspecify.annotations.NullMarked;
