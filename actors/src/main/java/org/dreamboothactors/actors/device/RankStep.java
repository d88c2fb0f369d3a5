package org.dreamboothactors.actors.device;

/**
 * What the last step was for one rank.
 *
 * @param device its name
 * @param peakMemoryBytes most that its process ever held; 0: not known
 */
public record RankStep(String device, StepCost cost, long peakMemoryBytes) {}
