package org.dreamboothactors.actors.device;

/**
 * What a step cost one rank.
 *
 * @param seconds computing and waiting
 * @param allReduceWaitSeconds of them, waiting for sums after its own gradients were done; 0 alone
 * @param summedBytes of gradients; 0 alone
 */
public record StepCost(double seconds, double allReduceWaitSeconds, long summedBytes) {}
