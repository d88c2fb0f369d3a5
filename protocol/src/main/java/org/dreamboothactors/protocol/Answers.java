package org.dreamboothactors.protocol;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.common.errors.InterruptException;

/** Waits for the broker's answers, never for ever. */
public final class Answers {
    private Answers() {}

    /** The answer; one that is late fails like one that is bad. Throws {@link InterruptException} when interrupted. */
    static <T> T await(Future<T> answer, Duration atMost) throws ExecutionException {
        try {
            return answer.get(atMost.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            String late = "no answer within " + atMost.toSeconds() + " s";
            throw new ExecutionException(new org.apache.kafka.common.errors.TimeoutException(late, e));
        } catch (InterruptedException e) {
            throw new InterruptException(e); // sets the thread's flag again
        }
    }

    /** What went wrong in the first place, in the words of who noticed. */
    public static String reason(Throwable error) {
        Throwable root = error;
        for (Throwable cause = root.getCause(); cause != null; cause = cause.getCause()) {
            root = cause.getMessage() == null ? root : cause;
        }
        return String.valueOf(root.getMessage());
    }
}
