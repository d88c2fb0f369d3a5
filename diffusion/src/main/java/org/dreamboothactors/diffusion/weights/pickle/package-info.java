/**
 * PyTorch's zip files, read as data: no class of a pickle is ever looked up, and what {@code torch.save} does not write
 * for tensors and their containers is refused. Entry point: {@code TorchFile}.
 */
@NullMarked
package org.dreamboothactors.diffusion.weights.pickle;

import org.jspecify.annotations.NullMarked;
