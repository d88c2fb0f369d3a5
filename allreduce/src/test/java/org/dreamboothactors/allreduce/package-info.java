@NullMarked
package org.dreamboothactors.allreduce;

import org.jspecify.annotations.NullMarked;
