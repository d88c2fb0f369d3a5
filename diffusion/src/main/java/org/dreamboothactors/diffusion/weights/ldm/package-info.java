/**
 * Whole models in one file: Stable Diffusion's original (LDM) names in {@code .safetensors} and {@code .ckpt}, and NeMo's
 * archives. Entry points: {@code ModelFile} reads one into a diffusers folder, {@code SingleFile} writes one.
 */
@NullMarked
package org.dreamboothactors.diffusion.weights.ldm;

import org.jspecify.annotations.NullMarked;
