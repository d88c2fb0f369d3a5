package org.dreamboothactors.protocol;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Names and shapes of all topics. Every record's key is its run id. */
public final class Topics {
    /** Clients ask for runs. */
    public static final String SUBJECT_UPLOAD = "subject-upload";
    /** Work: photos and class images to moments. */
    public static final String LATENT_CACHE = "latent-cache";
    /** Work: class images and samples. */
    public static final String REG_GENERATION = "reg-generation";
    /** Work: training. */
    public static final String TRAIN_STEP = "train-step";
    /** Every fact of every run, in order. */
    public static final String RUN_EVENTS = "run-events";
    /** Commands for runs that exist. */
    public static final String RUN_CONTROL = "run-control";
    /** Public: checkpoints that can be used. */
    public static final String CHECKPOINT_READY = "checkpoint-ready";

    /** The topics that workers take records from, each in a share group. */
    public static final List<String> WORK = List.of(LATENT_CACHE, REG_GENERATION, TRAIN_STEP);
    /** The topics that meet in a run's coordinator: their partitions are numbered alike. */
    public static final List<String> COORDINATION = List.of(SUBJECT_UPLOAD, RUN_CONTROL, RUN_EVENTS);

    /** The consumer group that reads what clients write, {@link #SUBJECT_UPLOAD} and {@link #RUN_CONTROL}. */
    public static final String COORDINATORS = "coordinators";

    /** The consumer group that reads the dead letters of the work queues. */
    public static final String UNDERTAKERS = "undertakers";

    /** How often a record of a work queue is given out at most; then it goes to the dead letters. */
    public static final int DELIVERIES = 10;

    /** Longer than anything waits: Kafka deletes a record that old even if nobody has worked on it. */
    private static final Duration WORK_KEPT = Duration.ofDays(90);

    private static final String FOR_EVER = "-1";

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration DESCRIBE_PAUSE = Duration.ofMillis(200);
    private static final int DESCRIBE_ATTEMPTS = 25;

    private Topics() {}

    /** Where records go that cannot be worked on: those of a work queue, uploads and commands. */
    public static String deadLetters(String topic) {
        return "dlq." + topic;
    }

    /** The share group of a work queue. */
    public static String workers(String topic) {
        return "workers-" + topic;
    }

    /**
     * Makes the topics that do not exist and settles the share groups; what exists is left as it is.
     *
     * <p>A work queue has one partition: any number of workers share it, while each of several partitions would be given
     * to some of the workers only and wait for them, whoever else is idle.
     *
     * @param partitions of the other topics; as many coordinators can share the work
     * @param replicas of every partition
     * @throws BrokerException when that fails, or the topics of {@link #COORDINATION} turn out to differ in partitions
     */
    public static void create(Admin admin, int partitions, short replicas) {
        admin.createTopics(all(partitions, replicas)).values().forEach((topic, made) -> {
            try {
                Answers.await(made, PATIENCE);
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof TopicExistsException)) {
                    throw failed("make topic " + topic, e);
                }
            }
        });
        requireAlikePartitions(admin);
        settleShareGroups(admin);
    }

    private static List<NewTopic> all(int partitions, short replicas) {
        List<NewTopic> topics = new ArrayList<>();
        for (String topic : COORDINATION) {
            topics.add(topic(topic, partitions, replicas, FOR_EVER, Map.of()));
        }
        topics.add(topic(CHECKPOINT_READY, partitions, replicas, FOR_EVER, Map.of()));
        for (String topic : List.of(SUBJECT_UPLOAD, RUN_CONTROL)) {
            topics.add(topic(deadLetters(topic), 1, replicas, FOR_EVER, Map.of()));
        }
        for (String topic : WORK) {
            topics.add(topic(topic, 1, replicas, Long.toString(WORK_KEPT.toMillis()), Map.of()));
            Map<String, String> takesDeadLetters = Map.of("errors.deadletterqueue.group.enable", "true");
            topics.add(topic(deadLetters(topic), 1, replicas, FOR_EVER, takesDeadLetters));
        }
        return topics;
    }

    /** A run's upload, commands and facts must have the same coordinator, whoever made the topics and when. */
    private static void requireAlikePartitions(Admin admin) {
        Map<String, Integer> partitions = new TreeMap<>();
        describe(admin)
                .forEach(
                        (name, topic) -> partitions.put(name, topic.partitions().size()));
        if (Set.copyOf(partitions.values()).size() > 1) {
            throw new BrokerException("Cannot coordinate runs: the topics have " + partitions
                    + " partitions, expected the same number for all."
                    + " Delete them, or add partitions to the smaller ones before there are runs");
        }
    }

    private static Map<String, TopicDescription> describe(Admin admin) {
        for (int attempt = 1; ; attempt++) {
            try {
                return Answers.await(admin.describeTopics(COORDINATION).allTopicNames(), PATIENCE);
            } catch (ExecutionException e) {
                // Another broker may hear a little later of a topic that was just made.
                if (!(e.getCause() instanceof UnknownTopicOrPartitionException) || attempt == DESCRIBE_ATTEMPTS) {
                    throw failed("look up topics " + COORDINATION, e);
                }
            }
            try {
                Thread.sleep(DESCRIBE_PAUSE);
            } catch (InterruptedException e) {
                throw new InterruptException(e);
            }
        }
    }

    private static void settleShareGroups(Admin admin) {
        Map<ConfigResource, Collection<AlterConfigOp>> groups = new HashMap<>();
        for (String topic : WORK) {
            groups.put(
                    new ConfigResource(ConfigResource.Type.GROUP, workers(topic)),
                    List.of(
                            set("share.auto.offset.reset", "earliest"),
                            set("share.isolation.level", "read_committed"),
                            set("share.delivery.count.limit", Integer.toString(DELIVERIES)),
                            set("errors.deadletterqueue.topic.name", deadLetters(topic)),
                            set("errors.deadletterqueue.copy.record.enable", "true")));
        }
        admin.incrementalAlterConfigs(groups).values().forEach((group, settled) -> {
            try {
                Answers.await(settled, PATIENCE);
            } catch (ExecutionException e) {
                throw failed("settle share group " + group.name() + " (share groups need Kafka 4.4)", e);
            }
        });
    }

    private static AlterConfigOp set(String name, String value) {
        return new AlterConfigOp(new ConfigEntry(name, value), AlterConfigOp.OpType.SET);
    }

    private static NewTopic topic(
            String name, int partitions, short replicas, String retentionMillis, Map<String, String> more) {
        Map<String, String> configs = new HashMap<>(more);
        configs.put("cleanup.policy", "delete"); // brokers may be set to compact, which would lose history
        configs.put("retention.ms", retentionMillis);
        configs.put("retention.bytes", FOR_EVER); // brokers may have a limit, which would lose history
        // A few KB may unpack to more than a reader's heap; the broker unpacks them, and holds them to its limit then.
        configs.put("compression.type", "uncompressed");
        configs.put("min.insync.replicas", Integer.toString(Math.max(1, replicas - 1)));
        return new NewTopic(name, partitions, replicas).configs(configs);
    }

    private static BrokerException failed(String what, ExecutionException error) {
        return new BrokerException(
                "Cannot " + what + ": " + Answers.reason(error) + ". Check the broker and the rights on it", error);
    }
}
