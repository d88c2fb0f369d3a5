package org.dreamboothactors.actors.work;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractMatchingBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;

/** An actor that does what no actor may, and one thing that it may. */
public abstract class BlockingExample extends AbstractMatchingBehavior<String> {
    private final CompletableFuture<String> future = new CompletableFuture<>();

    protected BlockingExample(ActorContext<String> context) {
        super(context);
    }

    /** Waits itself. */
    public Behavior<String> direct() {
        return future.join().isEmpty() ? this : helped();
    }

    /** Waits through a helper, in a lambda that runs here. */
    public Behavior<String> helped() {
        List.of(1).forEach(_ -> Helper.waits());
        return this;
    }

    /** Lets another thread wait. */
    public Behavior<String> elsewhere() {
        var _ = CompletableFuture.runAsync(() -> future.join());
        return this;
    }

    static final class Helper {
        private Helper() {}

        static void waits() {
            try {
                Thread.sleep(1);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
