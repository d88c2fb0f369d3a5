/** Low-rank adapters (Hu et al. 2021): a few numbers beside frozen weights learn instead of the weights. */
@NullMarked
package org.dreamboothactors.diffusion.lora;

import org.jspecify.annotations.NullMarked;
