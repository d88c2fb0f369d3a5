package org.dreamboothactors.diffusion.tokenizer;

/** Keeps DJL to this machine. */
public final class Djl {
    private Djl() {}

    /**
     * Stops DJL from looking for a cloud and reporting its use, and from downloading native code it does not find: the
     * jars carry it. Settings that the user gave stay.
     */
    public static void stayLocal() {
        setWhenAbsent("OPT_OUT_TRACKING");
        setWhenAbsent("ai.djl.offline");
    }

    private static void setWhenAbsent(String property) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, "true");
        }
    }
}
