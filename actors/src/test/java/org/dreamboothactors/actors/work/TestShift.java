package org.dreamboothactors.actors.work;

import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * A shift as a test wants it.
 *
 * @param ends asked before every step
 * @param listener hears what the worker says
 */
public record TestShift(BooleanSupplier ends, int delivery, Consumer<String> listener) implements Shift {

    public static TestShift endless() {
        return new TestShift(() -> false, 1, _ -> {});
    }

    public static TestShift until(BooleanSupplier ends) {
        return new TestShift(ends, 1, _ -> {});
    }

    public static TestShift heard(Consumer<String> listener) {
        return new TestShift(() -> false, 1, listener);
    }

    @Override
    public boolean over() {
        return ends.getAsBoolean();
    }

    @Override
    public boolean lost() {
        return false;
    }

    @Override
    public void says(String work) {
        listener.accept(work);
    }
}
