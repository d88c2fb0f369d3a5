package org.dreamboothactors.actors.work;

/** A sentence for people that becomes part of a fact. It may quote what strangers wrote, and Kafka takes no record without limit. */
public final class Reason {
    private static final int LONGEST = 4_000; // characters

    private Reason() {}

    public static String cut(String reason) {
        return reason.length() <= LONGEST ? reason : reason.substring(0, LONGEST) + " ...";
    }
}
