package org.dreamboothactors.actors.work;

import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import org.dreamboothactors.protocol.Topics;

/**
 * One of the three work queues.
 *
 * @param topic its name
 * @param parser of its messages
 */
public record QueueSettings<T extends Message>(String topic, Parser<T> parser, String bootstrapServers) {
    /** Name of the share group that all workers of this queue are in. */
    public String group() {
        return Topics.workers(topic);
    }
}
