/** Pictures: reading, writing, resizing, cropping, and the way to model input and back. */
@NullMarked
package org.dreamboothactors.diffusion.images;

import org.jspecify.annotations.NullMarked;
