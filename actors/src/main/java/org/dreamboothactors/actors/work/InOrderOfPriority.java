package org.dreamboothactors.actors.work;

import com.google.protobuf.Message;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.dreamboothactors.actors.device.Device;
import org.dreamboothactors.actors.turns.Precedence;
import org.dreamboothactors.protocol.Topics;

/**
 * Puts a record back at the end of its queue where runs of higher priority wait for latents or pictures, instead of working
 * on it: share groups know no order but time. A record lets each of them pass once and then holds its place, so that no
 * device idles while theirs are worked on elsewhere. Delivered again in a crash, it is there twice; work has the effect of
 * one all the same.
 */
public record InOrderOfPriority<T extends Message>(
        Worker<T> worker, Precedence precedence, Kind<T> kind, Queue<T> queue) implements Worker<T> {

    private static final int MANY_DELIVERIES = Topics.DELIVERIES / 2;

    /**
     * What is to be known of a message.
     *
     * @param topic that it comes from
     * @param run that it belongs to
     * @param passed runs that it let pass, as {@link Precedence} names them
     * @param withPassed the same message after it let these pass
     */
    public record Kind<T>(
            String topic,
            Function<T, String> run,
            Function<T, List<String>> passed,
            BiFunction<T, List<String>, T> withPassed) {}

    /** Where records come from. */
    @FunctionalInterface
    public interface Queue<T> {
        /** Appends a record. */
        void putBack(String run, T request);
    }

    /** The topic of a kind. */
    public record OnTopic<T extends Message>(Facts facts, Kind<T> kind) implements Queue<T> {
        @Override
        public void putBack(String run, T request) {
            facts.ask(kind.topic(), run, request);
        }
    }

    @Override
    public Outcome work(T request, Device.Turn device, Shift shift) {
        String run = kind.run().apply(request);
        List<String> ahead = precedence.ahead(run, kind.topic());
        boolean tried = shift.delivery() > MANY_DELIVERIES; // a fresh record would have its deliveries before it again
        if (tried || kind.passed().apply(request).containsAll(ahead)) {
            return worker.work(request, device, shift);
        }
        queue.putBack(run, kind.withPassed().apply(request, ahead));
        return new Outcome.PutBack();
    }

    @Override
    public Outcome fail(T request, String reason) {
        return worker.fail(request, reason);
    }
}
