package org.dreamboothactors.actors.turns;

/**
 * What a tenant has when a run of it is requested.
 *
 * @param waitingBefore runs without a trainer that were requested before this one
 * @param storedBytes of its uploads, states and checkpoints
 */
public record Usage(String tenant, int waitingBefore, long storedBytes) {}
