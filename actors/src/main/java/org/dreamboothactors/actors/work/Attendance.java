package org.dreamboothactors.actors.work;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

/** The shift of one delivery, as its queue sees it. */
final class Attendance implements Shift {
    private final BooleanSupplier closing;
    private final int delivery;
    private final ShareQueue.Listener listener;
    private final AtomicBoolean lost = new AtomicBoolean();

    Attendance(BooleanSupplier closing, int delivery, ShareQueue.Listener listener) {
        this.closing = closing;
        this.delivery = delivery;
        this.listener = listener;
    }

    @Override
    public boolean over() {
        return closing.getAsBoolean() || lost.get();
    }

    @Override
    public int delivery() {
        return delivery;
    }

    @Override
    public void says(String work) {
        listener.working(work);
    }

    /** The record's lock went to another. */
    void lose() {
        lost.set(true);
    }

    @Override
    public boolean lost() {
        return lost.get();
    }
}
