package org.dreamboothactors.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.dreamboothactors.embedded.EmbeddedKafka;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class TopicsIT {
    private static final Duration SOON = Duration.ofSeconds(10);
    private static final int UNPACKED = 32 << 20;

    @TempDir
    Path directory;

    private EmbeddedKafka kafka;
    private Admin admin;

    @BeforeEach
    void start() {
        kafka = EmbeddedKafka.start(directory, 0);
        admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()));
    }

    @AfterEach
    void stop() {
        admin.close();
        kafka.close();
    }

    @Test
    void makesEveryTopicAndTheDeadLettersOfTheQueues() throws Exception {
        Topics.create(admin, 3, (short) 1);
        Topics.create(admin, 3, (short) 1); // a second node, or a restart

        List<String> wanted = new ArrayList<>(Topics.COORDINATION);
        wanted.add(Topics.CHECKPOINT_READY);
        wanted.addAll(Topics.WORK);
        Topics.WORK.forEach(queue -> wanted.add("dlq." + queue));
        wanted.add("dlq.subject-upload");
        wanted.add("dlq.run-control");
        assertThat(admin.listTopics().names().get()).containsExactlyInAnyOrderElementsOf(wanted);
        Map<String, TopicDescription> topics =
                admin.describeTopics(wanted).allTopicNames().get();
        topics.forEach((name, topic) -> assertThat(topic.partitions())
                .as(name)
                .hasSize(name.startsWith("dlq.") || Topics.WORK.contains(name) ? 1 : 3));
        for (String queue : Topics.WORK) {
            assertThat(value(ConfigResource.Type.TOPIC, "dlq." + queue, "errors.deadletterqueue.group.enable"))
                    .isEqualTo("true");
        }
        for (String kept : List.of(Topics.RUN_EVENTS, Topics.CHECKPOINT_READY, Topics.SUBJECT_UPLOAD)) {
            assertThat(value(ConfigResource.Type.TOPIC, kept, "retention.ms")).isEqualTo("-1");
            assertThat(value(ConfigResource.Type.TOPIC, kept, "cleanup.policy")).isEqualTo("delete");
        }
    }

    @Test
    void settlesTheShareGroupsBeforeTheirFirstMember() throws Exception {
        Topics.create(admin, 1, (short) 1);

        for (String queue : Topics.WORK) {
            Map<String, String> wanted = Map.of(
                    "share.auto.offset.reset", "earliest",
                    "share.isolation.level", "read_committed",
                    "share.delivery.count.limit", "10",
                    "errors.deadletterqueue.topic.name", "dlq." + queue,
                    "errors.deadletterqueue.copy.record.enable", "true");
            Map<String, String> found = Map.of();
            long deadline = System.nanoTime() + SOON.toNanos();
            while (!found.equals(wanted) && System.nanoTime() < deadline) { // the controller has it before the broker
                found = new HashMap<>();
                for (String key : wanted.keySet()) {
                    found.put(key, value(ConfigResource.Type.GROUP, Topics.workers(queue), key));
                }
            }
            assertThat(found).isEqualTo(wanted);
        }
    }

    @Test
    void leavesAloneWhatExists() throws Exception {
        Topics.create(admin, 2, (short) 1);
        Topics.create(admin, 5, (short) 1);

        Map<String, TopicDescription> topics =
                admin.describeTopics(Topics.COORDINATION).allTopicNames().get();
        assertThat(topics.values())
                .allSatisfy(topic -> assertThat(topic.partitions()).hasSize(2));
    }

    /** 32 MB of zeros arrive as a few KB, and a node that read them would have to hold them all. */
    @Test
    void takesNoRecordThatUnpacksToMoreThanItsLimit() throws Exception {
        Topics.create(admin, 1, (short) 1);

        Map<String, Object> settings = Map.of(
                "bootstrap.servers",
                kafka.bootstrapServers(),
                "compression.type",
                "zstd",
                "max.request.size",
                UNPACKED * 2,
                "buffer.memory",
                UNPACKED * 2L);
        try (Producer<String, byte[]> producer =
                new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer())) {
            Future<RecordMetadata> small = producer.send(new ProducerRecord<>(Topics.SUBJECT_UPLOAD, new byte[1000]));
            assertThat(small.get().hasOffset()).isTrue();
            Future<RecordMetadata> bomb =
                    producer.send(new ProducerRecord<>(Topics.SUBJECT_UPLOAD, new byte[UNPACKED]));
            assertThatThrownBy(bomb::get).hasCauseInstanceOf(RecordTooLargeException.class);
        }
    }

    @Test
    void refusesCoordinationTopicsThatDoNotMatch() throws Exception {
        admin.createTopics(List.of(new NewTopic(Topics.RUN_CONTROL, 2, (short) 1)))
                .all()
                .get();

        assertThatThrownBy(() -> Topics.create(admin, 3, (short) 1))
                .isInstanceOf(BrokerException.class)
                .hasMessageContaining("run-control=2, run-events=3, subject-upload=3");
    }

    private String value(ConfigResource.Type type, String name, String key) throws Exception {
        ConfigResource resource = new ConfigResource(type, name);
        Map<ConfigResource, Config> found =
                admin.describeConfigs(List.of(resource)).all().get();
        return Objects.requireNonNull(found.get(resource)).get(key).value();
    }
}
