package org.dreamboothactors.actors.device;

import java.io.IOException;
import java.time.Duration;

/** Signs of life from one side of a connection: one that is stopped, or that the machine gives no time to, gives none. */
final class Pulse {
    /** How often a side says that it lives. */
    static final Duration INTERVAL = Duration.ofSeconds(2);

    /** How it says so; throws when nobody can hear it any more. */
    interface Sign {
        void give() throws IOException;
    }

    private Pulse() {}

    /** Gives signs on a thread of its own until that fails: whoever reads from the other side finds out. */
    static void start(String name, Sign sign) {
        Thread.ofPlatform().daemon().name(name).start(() -> giveAll(sign));
    }

    private static void giveAll(Sign sign) {
        try {
            while (true) {
                sign.give();
                Thread.sleep(INTERVAL);
            }
        } catch (IOException e) {
            // The other side is gone.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
