package org.dreamboothactors.campaign.faults;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.dreamboothactors.protocol.Topics;

/** Publishes old records again. */
record Repetition(String bootstrapServers) {
    private static final int WORK = 10;
    private static final int OTHERS = 30;

    /** Some of these, in an order of its own. */
    String of(List<ConsumerRecord<byte[], byte[]>> old, Random random) {
        // Facts are many and requests for work few, and to be given old work again hurts most.
        Predicate<ConsumerRecord<byte[], byte[]>> asksForWork = record -> Topics.WORK.contains(record.topic());
        List<ConsumerRecord<byte[], byte[]>> some =
                new ArrayList<>(half(old.stream().filter(asksForWork).toList(), WORK, random));
        some.addAll(half(old.stream().filter(asksForWork.negate()).toList(), OTHERS, random));
        Collections.shuffle(some, random);
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrapServers), new ByteArraySerializer(), new ByteArraySerializer())) {
            some.forEach(record -> {
                var _ = producer.send(new ProducerRecord<>(record.topic(), record.key(), record.value()));
            });
        }
        return some.size() + " records";
    }

    /** So many of twice as many of the newest: what is said again of the run in work hurts more than what is over. */
    private static List<ConsumerRecord<byte[], byte[]>> half(
            List<ConsumerRecord<byte[], byte[]>> old, int count, Random random) {
        List<ConsumerRecord<byte[], byte[]>> newest =
                new ArrayList<>(old.subList(Math.max(0, old.size() - 2 * count), old.size()));
        Collections.shuffle(newest, random);
        return newest.subList(0, Math.min(count, newest.size()));
    }
}
