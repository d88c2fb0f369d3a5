/** Weights on disk: safetensors read and written, checked against what a model expects. */
@NullMarked
package org.dreamboothactors.diffusion.weights;

import org.jspecify.annotations.NullMarked;
