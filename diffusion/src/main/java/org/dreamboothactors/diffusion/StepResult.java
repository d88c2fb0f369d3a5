package org.dreamboothactors.diffusion;

/**
 * What one optimizer step showed.
 *
 * @param step number of steps done, this one included
 * @param loss instance half plus weighted class half, mean over the micro-batches
 * @param instanceLoss mean squared error of the instance half, its samples weighted where the run asks for it
 * @param priorLoss mean squared error of the class half, unweighted; 0 without prior preservation
 * @param gradNorm of all gradients together, before clipping
 */
public record StepResult(long step, double loss, double instanceLoss, double priorLoss, double gradNorm) {}
