/** From a prompt to pictures: the guided denoising loop. */
@NullMarked
package org.dreamboothactors.diffusion.sampling;

import org.jspecify.annotations.NullMarked;
