package org.dreamboothactors.actors.work;

import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import java.time.Duration;
import org.dreamboothactors.protocol.KafkaConnection;
import org.dreamboothactors.protocol.Topics;

/**
 * One of the three work queues.
 *
 * @param topic its name
 * @param parser of its messages
 * @param lastOrders how long the record in work may take when the queue is told to stop
 */
public record QueueSettings<T extends Message>(
        String topic, Parser<T> parser, KafkaConnection kafka, Duration lastOrders) {
    /** Name of the share group that all workers of this queue are in. */
    public String group() {
        return Topics.workers(topic);
    }
}
