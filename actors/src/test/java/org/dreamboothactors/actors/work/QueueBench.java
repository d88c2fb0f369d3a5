package org.dreamboothactors.actors.work;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.dreamboothactors.embedded.EmbeddedKafka;
import org.dreamboothactors.protocol.KafkaConnection;
import org.dreamboothactors.protocol.Topics;
import org.dreamboothactors.protocol.v1.LatentRequest;

/** A broker with work queues of any name and lock, for tests. */
final class QueueBench implements AutoCloseable {
    private final Path directory;
    private EmbeddedKafka kafka;

    QueueBench(Path directory) {
        this.directory = directory;
        kafka = EmbeddedKafka.start(directory, 0);
    }

    String servers() {
        return kafka.bootstrapServers();
    }

    void restart() {
        kafka.close();
        kafka = EmbeddedKafka.start(directory, 0);
    }

    /** A queue as the service makes them, but for its lock. */
    QueueSettings<LatentRequest> queue(String topic, Duration lock) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", servers()))) {
            NewTopic letters = new NewTopic(Topics.deadLetters(topic), 1, (short) 1)
                    .configs(Map.of("errors.deadletterqueue.group.enable", "true"));
            admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1), letters))
                    .all()
                    .get(30, TimeUnit.SECONDS);
            List<AlterConfigOp> settings = List.of(
                    set("share.auto.offset.reset", "earliest"),
                    set("share.record.lock.duration.ms", Long.toString(lock.toMillis())),
                    set("share.delivery.count.limit", Integer.toString(Topics.DELIVERIES)),
                    set("errors.deadletterqueue.topic.name", Topics.deadLetters(topic)),
                    set("errors.deadletterqueue.copy.record.enable", "true"));
            admin.incrementalAlterConfigs(
                            Map.of(new ConfigResource(ConfigResource.Type.GROUP, Topics.workers(topic)), settings))
                    .all()
                    .get(30, TimeUnit.SECONDS);
        }
        return new QueueSettings<>(
                topic, LatentRequest.parser(), KafkaConnection.plain(servers()), Duration.ofSeconds(10));
    }

    private static AlterConfigOp set(String name, String value) {
        return new AlterConfigOp(new ConfigEntry(name, value), AlterConfigOp.OpType.SET);
    }

    void send(String topic, String run) throws Exception {
        send(topic, run, LatentRequest.newBuilder().setRunId(run).build().toByteArray());
    }

    void send(String topic, String key, byte[] value) throws Exception {
        try (KafkaProducer<String, byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", servers()), new StringSerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(topic, key, value)).get(30, TimeUnit.SECONDS);
        }
    }

    /** Everything in a topic of one partition, once there are so many records. */
    List<ConsumerRecord<String, byte[]>> read(String topic, int records) {
        try (KafkaConsumer<String, byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", servers()), new StringDeserializer(), new ByteArrayDeserializer())) {
            TopicPartition partition = new TopicPartition(topic, 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            List<ConsumerRecord<String, byte[]>> all = new ArrayList<>();
            Instant deadline = Instant.now().plusSeconds(30);
            while (all.size() < records && Instant.now().isBefore(deadline)) {
                consumer.poll(Duration.ofMillis(200)).forEach(all::add);
            }
            return all;
        }
    }

    /** Takes a record as a worker does that is then never heard of again. */
    KafkaShareConsumer<String, byte[]> takeAndVanish(QueueSettings<LatentRequest> queue) {
        KafkaShareConsumer<String, byte[]> consumer = new KafkaShareConsumer<>(
                Map.of(
                        "bootstrap.servers",
                        servers(),
                        "group.id",
                        queue.group(),
                        "share.acknowledgement.mode",
                        "explicit"),
                new StringDeserializer(),
                new ByteArrayDeserializer());
        consumer.subscribe(List.of(queue.topic()));
        Instant deadline = Instant.now().plusSeconds(30);
        while (consumer.poll(Duration.ofMillis(200)).isEmpty()) {
            if (Instant.now().isAfter(deadline)) {
                throw new IllegalStateException("no record came");
            }
        }
        return consumer;
    }

    /** Takes the only record so many times and gives it back without a word each time. */
    void takeAndGiveBack(QueueSettings<LatentRequest> queue, int times) {
        for (int i = 0; i < times; i++) {
            takeAndVanish(queue).close();
        }
    }

    @Override
    public void close() {
        kafka.close();
    }
}
