package org.dreamboothactors.actors.coordinator;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.dreamboothactors.protocol.KafkaConnection;
import org.dreamboothactors.protocol.Topics;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A ledger in Kafka transactions.
 *
 * <p>Its transactional id belongs to the partition, not to the process: opening a second one fences the first, whose
 * writes then throw {@code ProducerFencedException} or {@code InvalidProducerEpochException}. One thread.
 */
final class KafkaLedger implements Ledger {
    private static final Logger LOG = LoggerFactory.getLogger(KafkaLedger.class);
    private static final Duration LONGEST_CLOSE = Duration.ofSeconds(5);
    /** So long may the broker be away before the coordinator gives up and starts anew. */
    private static final int LONGEST_BLOCK_MILLIS = 30_000;

    private final int partition;
    private final KafkaProducer<byte[], byte[]> producer;
    private final Supplier<ConsumerGroupMetadata> group;
    private long end;

    private KafkaLedger(int partition, KafkaProducer<byte[], byte[]> producer, Supplier<ConsumerGroupMetadata> group) {
        this.partition = partition;
        this.producer = producer;
        this.group = group;
    }

    /**
     * Fences whoever wrote for this partition before, and drops what it had not committed.
     *
     * @param group this node's place in the group, as it is now
     */
    static KafkaLedger open(KafkaConnection kafka, int partition, Supplier<ConsumerGroupMetadata> group) {
        KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                kafka.with(
                        Map.of("transactional.id", "coordinator-" + partition, "max.block.ms", LONGEST_BLOCK_MILLIS)),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        try {
            producer.initTransactions();
        } catch (RuntimeException e) {
            producer.close(Duration.ZERO);
            throw e;
        }
        return new KafkaLedger(partition, producer, group);
    }

    @Override
    public long end() {
        return end;
    }

    @Override
    public void write(List<ProducerRecord<byte[], byte[]>> records) {
        producer.beginTransaction();
        List<Future<RecordMetadata>> sent = send(records);
        producer.commitTransaction();
        remember(sent);
    }

    @Override
    public boolean write(List<ProducerRecord<byte[], byte[]>> records, Map<TopicPartition, OffsetAndMetadata> offsets) {
        producer.beginTransaction();
        try {
            List<Future<RecordMetadata>> sent = send(records);
            producer.sendOffsetsToTransaction(offsets, group.get());
            producer.commitTransaction();
            remember(sent);
            return true;
        } catch (CommitFailedException e) {
            LOG.info("Partition {} writes again: {}", partition, e.getMessage());
            producer.abortTransaction();
            return false;
        }
    }

    private List<Future<RecordMetadata>> send(List<ProducerRecord<byte[], byte[]>> records) {
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        records.forEach(record -> sent.add(producer.send(record)));
        return sent;
    }

    private void remember(List<Future<RecordMetadata>> committed) {
        try {
            for (Future<RecordMetadata> one : committed) {
                RecordMetadata place = one.get(); // known: the transaction is committed
                if (place.topic().equals(Topics.RUN_EVENTS) && place.partition() == partition) {
                    end = Math.max(end, place.offset() + 1);
                }
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException("Cannot tell where partition " + partition + " wrote: " + e.getCause(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Cannot tell where partition " + partition + " wrote: interrupted", e);
        }
    }

    @Override
    public void close() {
        producer.close(LONGEST_CLOSE);
    }
}
