@NullMarked
package org.dreamboothactors.diffusion.kernels;

import org.jspecify.annotations.NullMarked;
