/** Noise schedules, samplers and reproducible random numbers, on plain float arrays. */
@NullMarked
package org.dreamboothactors.diffusion.schedulers;

import org.jspecify.annotations.NullMarked;
