package org.dreamboothactors.actors.device;

/** The child JVM died or was killed; what it held is gone, and the next command starts another. */
public final class DeviceLost extends RuntimeException {
    private static final long serialVersionUID = 1;

    DeviceLost(String device, String how) {
        super("Lost the child JVM of " + device + ": " + how + ". Its log is in the work directory of its node");
    }
}
