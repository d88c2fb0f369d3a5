package org.dreamboothactors.actors.board;

import java.util.ArrayList;
import java.util.List;
import org.apache.pekko.stream.BoundedSourceQueue;
import org.apache.pekko.stream.QueueOfferResult;
import org.apache.pekko.util.ByteString;

/**
 * The browsers that listen, as server-sent events. Not thread-safe: one owner.
 *
 * <p>A browser that does not read fast enough for its queue is dropped; it connects again and gets a snapshot.
 */
final class Browsers {
    static final int LIMIT = 64;
    /** Updates that wait for a slow browser. */
    static final int QUEUE = 64;

    /** A comment for what is between, an event for the page, which would not see a comment. */
    private static final ByteString BEAT = ByteString.fromString(": beat\nevent: beat\ndata: {}\n\n");

    private final List<BoundedSourceQueue<ByteString>> queues = new ArrayList<>();

    /** Whether there is room for one more. */
    boolean join(BoundedSourceQueue<ByteString> queue, long id, String snapshot) {
        queues.removeIf(BoundedSourceQueue::isCompleted);
        if (queues.size() >= LIMIT) {
            queue.complete();
            return false;
        }
        queue.offer(event("snapshot", id, snapshot));
        return queues.add(queue);
    }

    boolean isEmpty() {
        return queues.isEmpty();
    }

    void send(long id, String delta) {
        offer(event("delta", id, delta));
    }

    /** Keeps connections open and notices those that are not. */
    void beat() {
        offer(BEAT);
    }

    void close() {
        queues.forEach(BoundedSourceQueue::complete);
        queues.clear();
    }

    private void offer(ByteString event) {
        queues.removeIf(queue -> {
            boolean taken = queue.offer(event).equals(QueueOfferResult.enqueued());
            if (!taken && !queue.isCompleted()) {
                queue.complete();
            }
            return !taken;
        });
    }

    private static ByteString event(String name, long id, String json) {
        return ByteString.fromString("event: " + name + "\nid: " + id + "\ndata: " + json + "\n\n");
    }
}
