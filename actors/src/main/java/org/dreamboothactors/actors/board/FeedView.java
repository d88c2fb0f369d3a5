package org.dreamboothactors.actors.board;

/**
 * How current a source of this page is.
 *
 * @param name {@code history} or {@code topics}
 * @param reason for people; empty unless lost
 */
record FeedView(String name, State state, String reason) {
    enum State {
        /** Old records are being read. */
        READING,
        LIVE,
        /** The broker does not answer; it is asked again and again. */
        LOST
    }
}
