package org.dreamboothactors.actors.work;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads topics on a thread of its own until closed, and begins again after a pause when the broker is away for long. */
final class Reading implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Reading.class);
    private static final Duration LAST_POLL = Duration.ofSeconds(5);

    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread;

    /** Reads while the reading is open. */
    interface Reader {
        void read(Reading reading) throws InterruptedException;
    }

    /** @param what is read, for the log */
    Reading(String thread, String what, Duration pause, Reader reader) {
        this.thread = Thread.ofPlatform().daemon().name(thread).start(() -> readForGood(what, pause, reader));
    }

    private void readForGood(String what, Duration pause, Reader reader) {
        try {
            do {
                try {
                    reader.read(this);
                } catch (InterruptException e) {
                    return;
                } catch (KafkaException e) {
                    LOG.warn("Cannot follow {}: {}. Trying again", what, e.toString());
                } catch (RuntimeException | Error e) { // an Error too must not leave a node that hears nothing
                    LOG.error("Cannot follow {}. Trying again", what, e);
                }
            } while (!awaitClosed(pause));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    boolean isOpen() {
        return closed.getCount() > 0;
    }

    /** Waits, and returns whether it was closed meanwhile. */
    boolean awaitClosed(Duration atMost) throws InterruptedException {
        return closed.await(atMost.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() {
        closed.countDown();
        try {
            thread.join(LAST_POLL);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
