package org.dreamboothactors.actors.coordinator;

/** One round of a run's erasure. */
record Erasing(String runId, int round) {}
