package org.dreamboothactors.actors.work;

import org.dreamboothactors.actors.device.Device;

/**
 * What one kind of actor does with a record of its queue. Called on a thread of its own.
 *
 * @param <T> the record's message
 */
public interface Worker<T> {

    /**
     * Works on a record as long as it takes. Any number of deliveries must have the effect of one.
     *
     * @throws RuntimeException is logged, gives the record back and restarts the actor
     */
    Outcome work(T request, Device.Turn device, Shift shift);

    /** Tells that this work will not succeed. Called when a record has used up its deliveries. */
    Outcome fail(T request, String reason);
}
