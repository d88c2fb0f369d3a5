package org.dreamboothactors.actors.board;

/**
 * What an actor last reported.
 *
 * @param sinceMs when it entered its state, milliseconds since 1970
 * @param restarts how often it reported that its supervisor starts it anew
 */
record ActorView(String path, String state, String work, long sinceMs, int restarts) {}
