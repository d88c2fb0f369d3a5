package org.dreamboothactors.actors.work;

/** What became of one delivery of a work record. */
public sealed interface Outcome {

    /** Done, or found not to be wanted any more; its facts are told. The record is taken off the queue. */
    record Done() implements Outcome {}

    /**
     * Put at the end of its queue for others to pass, and taken off the front. It took no time of the device, so the next
     * record is looked for in the same turn.
     */
    record PutBack() implements Outcome {}

    /** Not finished; whoever comes next goes on from what is stored. Costs the record one of its deliveries. */
    record Again(String reason) implements Outcome {}
}
