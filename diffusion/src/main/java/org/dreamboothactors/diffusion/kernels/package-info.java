/** The one door to libtorch: named operations on tensors, and the reverse pass over blocks of them. */
@NullMarked
package org.dreamboothactors.diffusion.kernels;

import org.jspecify.annotations.NullMarked;
