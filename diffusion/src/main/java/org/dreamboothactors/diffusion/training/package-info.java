/** The DreamBooth training step, its data, its optimizer and its saved state. */
@NullMarked
package org.dreamboothactors.diffusion.training;

import org.jspecify.annotations.NullMarked;
