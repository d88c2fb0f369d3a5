@NullMarked
package org.dreamboothactors.allreduce.tcp;

import org.jspecify.annotations.NullMarked;
