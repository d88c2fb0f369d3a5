package org.dreamboothactors.protocol;

import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.dreamboothactors.embedded.EmbeddedKafka;
import org.dreamboothactors.embedded.EmbeddedS3;
import org.dreamboothactors.storage.ArtifactStore;
import org.dreamboothactors.storage.StoreSettings;

/** Broker and store of a service, and records on its topics put there and read by the test. */
final class ServiceSide implements AutoCloseable {
    static final int PARTITIONS = 4;
    static final String SECRET = "secret-secret";

    private final EmbeddedKafka kafka;
    private final EmbeddedS3 s3;
    private final ArtifactStore store;

    private ServiceSide(EmbeddedKafka kafka, EmbeddedS3 s3) {
        this.kafka = kafka;
        this.s3 = s3;
        this.store = ArtifactStore.openOrCreate(settings());
    }

    static ServiceSide start(Path directory) {
        EmbeddedKafka kafka = EmbeddedKafka.start(directory.resolve("kafka"), 0);
        EmbeddedS3 s3 = EmbeddedS3.start(directory.resolve("s3"), 0, "access", SECRET);
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            Topics.create(admin, PARTITIONS, (short) 1);
        }
        return new ServiceSide(kafka, s3);
    }

    String kafka() {
        return kafka.bootstrapServers();
    }

    URI endpoint() {
        return s3.endpoint();
    }

    ArtifactStore store() {
        return store;
    }

    StoreSettings settings() {
        return settings(endpoint(), "artifacts", SECRET);
    }

    static StoreSettings settings(URI endpoint, String bucket, String secret) {
        return new StoreSettings(endpoint, "us-east-1", bucket, "access", secret, Duration.ofSeconds(30), 5);
    }

    DreamBoothClient client() {
        return DreamBoothClient.connect(kafka(), settings());
    }

    /** Puts the messages on a topic in one transaction. */
    void commit(String topic, String key, Message... messages) {
        transaction(topic, key, List.of(messages), KafkaProducer::commitTransaction);
    }

    /** Puts the messages on a topic and takes them back. */
    void abort(String topic, String key, Message... messages) {
        transaction(topic, key, List.of(messages), KafkaProducer::abortTransaction);
    }

    /** Puts bytes on a topic that are no message, and tells in which partition. */
    int garbage(String topic, String key) throws Exception {
        try (KafkaProducer<String, byte[]> producer = producer(Map.of("bootstrap.servers", kafka()))) {
            byte[] garbage = "no message".getBytes(StandardCharsets.UTF_8);
            return producer.send(new ProducerRecord<>(topic, key, garbage))
                    .get()
                    .partition();
        }
    }

    private void transaction(
            String topic, String key, List<Message> messages, Consumer<KafkaProducer<String, byte[]>> end) {
        Map<String, Object> settings = Map.of(
                "bootstrap.servers",
                kafka(),
                "transactional.id",
                UUID.randomUUID().toString());
        try (KafkaProducer<String, byte[]> producer = producer(settings)) {
            producer.initTransactions();
            producer.beginTransaction();
            messages.forEach(message -> {
                var _ = producer.send(new ProducerRecord<>(topic, key, message.toByteArray()));
            });
            producer.flush(); // an abort must have something to take back
            end.accept(producer);
        }
    }

    private static KafkaProducer<String, byte[]> producer(Map<String, Object> settings) {
        return new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer());
    }

    /** The records of one key on a topic, once there are as many. */
    <T extends Message> List<ConsumerRecord<String, T>> records(
            String topic, String key, Parser<T> parser, int wanted) {
        try (KafkaConsumer<String, T> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", kafka(), "isolation.level", "read_committed"),
                new StringDeserializer(),
                new ProtoDeserializer<>(parser))) {
            consumer.assign(consumer.partitionsFor(topic).stream()
                    .map(partition -> new TopicPartition(topic, partition.partition()))
                    .toList());
            consumer.seekToBeginning(consumer.assignment());
            List<ConsumerRecord<String, T>> found = new ArrayList<>();
            long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
            while (found.size() < wanted && System.nanoTime() < deadline) {
                consumer.poll(Duration.ofMillis(200)).forEach(record -> {
                    if (record.key().equals(key)) {
                        found.add(record);
                    }
                });
            }
            return found;
        }
    }

    @Override
    public void close() {
        store.close();
        s3.close();
        kafka.close();
    }
}
