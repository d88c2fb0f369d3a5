package org.dreamboothactors.actors.device;

/** The device could not do what it was asked, and would not if asked again. */
public final class DeviceRefused extends RuntimeException {
    private static final long serialVersionUID = 1;

    DeviceRefused(String reason) {
        super(reason);
    }
}
