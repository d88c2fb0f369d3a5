package org.dreamboothactors.actors.coordinator;

import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * Writes what the coordinator of one partition decides. There is one for the partition; a write of an older one throws.
 */
interface Ledger extends AutoCloseable {

    /** Position in the partition's history after the newest fact written here; 0 before there is one. */
    long end();

    /** Writes all or nothing. */
    void write(List<ProducerRecord<byte[], byte[]>> records);

    /**
     * Writes all or nothing, and takes what caused it off the topics.
     *
     * @return false when nothing was written because this node's place in the group had just changed
     */
    boolean write(List<ProducerRecord<byte[], byte[]>> records, Map<TopicPartition, OffsetAndMetadata> offsets);

    @Override
    void close();
}
