package org.dreamboothactors.protocol;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.dreamboothactors.storage.ArtifactStore;
import org.dreamboothactors.storage.StoreSettings;

/** Finds out within seconds whether a service's Kafka and store are where someone says. */
final class Reach {
    private static final List<String> TOPICS =
            List.of(Topics.SUBJECT_UPLOAD, Topics.RUN_CONTROL, Topics.RUN_EVENTS, Topics.CHECKPOINT_READY);
    private static final int KAFKA_MILLIS = 10_000;
    private static final Duration KAFKA_PATIENCE = Duration.ofSeconds(11);
    private static final Duration STORE_REQUEST = Duration.ofSeconds(3);
    private static final int STORE_ATTEMPTS = 2;
    private static final Duration CLOSING = Duration.ofMillis(500);

    private Reach() {}

    /** Throws unless a broker answers and has the topics that clients use. */
    static void kafka(KafkaConnection kafka) {
        String bootstrapServers = kafka.bootstrapServers();
        Map<String, Object> settings = kafka.with(Map.of(
                "default.api.timeout.ms",
                KAFKA_MILLIS,
                "request.timeout.ms",
                KAFKA_MILLIS / 2,
                "socket.connection.setup.timeout.ms",
                KAFKA_MILLIS / 2));
        Admin admin;
        try {
            admin = Admin.create(settings);
        } catch (KafkaException e) {
            throw new BrokerException(
                    "Cannot use Kafka address " + bootstrapServers + ": " + Answers.reason(e)
                            + (kafka.security().isEmpty()
                                    ? ", expected host:port, several separated by commas"
                                    : ". Check it, and what was given for TLS and SASL"),
                    e);
        }
        try {
            Answers.await(admin.describeTopics(TOPICS).allTopicNames(), KAFKA_PATIENCE);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                throw new BrokerException(
                        "Cannot use Kafka at " + bootstrapServers + ": it lacks topics of the service, expected "
                                + String.join(", ", TOPICS) + ". Start the service, which makes them",
                        e);
            }
            String why = e.getCause() instanceof TimeoutException
                    ? "no broker answered within " + KAFKA_MILLIS / 1000 + " s"
                    : Answers.reason(e);
            throw new BrokerException(
                    "Cannot reach Kafka at " + bootstrapServers + ": " + why
                            + ". Check the address, that the broker runs, and whether it wants TLS or SASL",
                    e);
        } finally {
            admin.close(CLOSING);
        }
    }

    /** Opens the store, after a first try that gives up sooner than the settings would. */
    static ArtifactStore store(StoreSettings settings) {
        Duration request =
                settings.requestTimeout().compareTo(STORE_REQUEST) < 0 ? settings.requestTimeout() : STORE_REQUEST;
        StoreSettings hasty = new StoreSettings(
                settings.endpoint(),
                settings.region(),
                settings.bucket(),
                settings.accessKey(),
                settings.secretKey(),
                request,
                Math.min(settings.attempts(), STORE_ATTEMPTS));
        ArtifactStore.open(hasty).close();
        return ArtifactStore.open(settings);
    }
}
