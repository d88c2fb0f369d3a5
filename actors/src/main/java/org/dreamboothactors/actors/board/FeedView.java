package org.dreamboothactors.actors.board;

/**
 * How current a source of this page is.
 *
 * @param name {@link #HISTORY} or {@link #TOPICS}
 * @param reason for people; empty unless lost
 */
record FeedView(String name, State state, String reason) {
    static final String HISTORY = "history";
    static final String TOPICS = "topics";

    enum State {
        /** Old records are being read. */
        READING,
        LIVE,
        /** The broker does not answer; it is asked again and again. */
        LOST
    }
}
