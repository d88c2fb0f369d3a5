package org.dreamboothactors.actors;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.FinalizedVersionRange;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.dreamboothactors.protocol.Answers;
import org.dreamboothactors.protocol.KafkaConnection;
import org.dreamboothactors.protocol.Topics;

/** The Kafka cluster before anything works with it. */
record Broker(KafkaConnection kafka) {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    /** As many nodes can share the coordination. Cannot be changed once runs exist, because keys choose partitions. */
    private static final int PARTITIONS = 4;

    private static final int MOST_REPLICAS = 3;
    private static final String SHARE_GROUPS = "share.version";
    /** The level at which share groups have dead-letter topics. */
    private static final short SHARE_GROUPS_LEVEL = 2;

    /** Checks that the cluster has what the service needs, and makes the topics that do not exist. */
    void prepare() {
        try (Admin admin = Admin.create(kafka.with(Map.of(
                "default.api.timeout.ms",
                Math.toIntExact(PATIENCE.toMillis()),
                "request.timeout.ms",
                Math.toIntExact(PATIENCE.toMillis() / 2))))) {
            requireShareGroups(admin);
            int brokers =
                    await("count the brokers", admin.describeCluster().nodes()).size();
            Topics.create(admin, PARTITIONS, (short) Math.min(MOST_REPLICAS, brokers));
        } catch (KafkaException e) {
            throw unreachable("connect", e);
        }
    }

    private void requireShareGroups(Admin admin) {
        FinalizedVersionRange level = await(
                        "ask for its features", admin.describeFeatures().featureMetadata())
                .finalizedFeatures()
                .get(SHARE_GROUPS);
        int has = level == null ? 0 : level.maxVersionLevel();
        if (has < SHARE_GROUPS_LEVEL) {
            throw new IllegalStateException(
                    "Cannot work with Kafka at " + kafka.bootstrapServers() + ": its " + SHARE_GROUPS
                            + " is " + has + ", expected " + SHARE_GROUPS_LEVEL
                            + ". Work queues are share groups: run Kafka 4.4 or later and raise the feature with"
                            + " kafka-features.sh upgrade --feature " + SHARE_GROUPS + "=" + SHARE_GROUPS_LEVEL);
        }
    }

    private <T> T await(String what, KafkaFuture<T> answer) {
        try {
            return answer.get(PATIENCE.toSeconds() + 1, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw unreachable(what, e.getCause() == null ? e : e.getCause());
        } catch (TimeoutException e) {
            throw unreachable(what, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unreachable(what, e);
        }
    }

    private IllegalStateException unreachable(String what, Throwable cause) {
        return new IllegalStateException(
                "Cannot " + what + " at Kafka " + kafka.bootstrapServers() + ": " + Answers.reason(cause)
                        + ". Check the address, that a broker runs there, whether it wants TLS or SASL (kafka-config),"
                        + " and the rights on it",
                cause);
    }
}
