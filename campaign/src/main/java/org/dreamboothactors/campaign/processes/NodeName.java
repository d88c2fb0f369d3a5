package org.dreamboothactors.campaign.processes;

/** A node of the cluster. */
public enum NodeName {
    /** Only coordinates. */
    DESK(""),
    NORTH("cpu:0"),
    SOUTH("cpu:1");

    private final String device;

    NodeName(String device) {
        this.device = device;
    }

    /** Its one device; empty: none. Its name tells which node trains. */
    public String device() {
        return device;
    }

    /** For people and folders. */
    public String text() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
