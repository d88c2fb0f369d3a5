package org.dreamboothactors.actors.work;

/** What became of one delivery of a work record. */
public sealed interface Outcome {

    /** Done, or found not to be wanted any more; its facts are told. The record is taken off the queue. */
    record Done() implements Outcome {}

    /** Not finished; whoever comes next goes on from what is stored. Costs the record one of its deliveries. */
    record Again(String reason) implements Outcome {}
}
