/** Stable Diffusion on DJL: the doors {@code StableDiffusion} and {@code DreamBoothTrainer}; usable as a library. */
@NullMarked
package org.dreamboothactors.diffusion;

import org.jspecify.annotations.NullMarked;
