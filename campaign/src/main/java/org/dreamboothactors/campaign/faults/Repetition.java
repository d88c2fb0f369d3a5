package org.dreamboothactors.campaign.faults;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Publishes old records again. */
record Repetition(String bootstrapServers) {
    private static final int MOST = 40;

    /** Some of these, in an order of its own. */
    String of(List<ConsumerRecord<byte[], byte[]>> old, Random random) {
        // The newest ones first: what is said again of the run in work hurts most.
        List<ConsumerRecord<byte[], byte[]>> some =
                new ArrayList<>(old.subList(Math.max(0, old.size() - 2 * MOST), old.size()));
        Collections.shuffle(some, random);
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrapServers), new ByteArraySerializer(), new ByteArraySerializer())) {
            some.stream().limit(MOST).forEach(record -> {
                var _ = producer.send(new ProducerRecord<>(record.topic(), record.key(), record.value()));
            });
        }
        return Math.min(MOST, some.size()) + " records";
    }
}
