package org.dreamboothactors.protocol;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.TopicExistsException;

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

    private static final Duration WORK_KEPT = Duration.ofDays(7);
    private static final String FOR_EVER = "-1";
    private static final String DELIVERIES = "10";

    private Topics() {}

    /** Where records of a work queue go that cannot be worked on. */
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
     * @param partitions of every topic; as many coordinators can share the work
     * @param replicas of every partition
     */
    public static void create(Admin admin, int partitions, short replicas) {
        List<NewTopic> topics = new ArrayList<>();
        for (String topic : COORDINATION) {
            topics.add(topic(topic, partitions, replicas, FOR_EVER));
        }
        topics.add(topic(CHECKPOINT_READY, partitions, replicas, FOR_EVER));
        for (String topic : WORK) {
            topics.add(topic(topic, partitions, replicas, Long.toString(WORK_KEPT.toMillis())));
            topics.add(topic(deadLetters(topic), 1, replicas, FOR_EVER)
                    .configs(Map.of("retention.ms", FOR_EVER, "errors.deadletterqueue.group.enable", "true")));
        }
        for (NewTopic topic : topics) {
            try {
                admin.createTopics(List.of(topic)).all().get();
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof TopicExistsException)) {
                    throw failed("make topic " + topic.name(), e);
                }
            } catch (InterruptedException e) {
                throw interrupted(e);
            }
        }
        settleShareGroups(admin);
    }

    private static void settleShareGroups(Admin admin) {
        for (String topic : WORK) {
            List<AlterConfigOp> settings = List.of(
                    set("share.auto.offset.reset", "earliest"),
                    set("share.isolation.level", "read_committed"),
                    set("share.delivery.count.limit", DELIVERIES),
                    set("errors.deadletterqueue.topic.name", deadLetters(topic)),
                    set("errors.deadletterqueue.copy.record.enable", "true"));
            try {
                admin.incrementalAlterConfigs(
                                Map.of(new ConfigResource(ConfigResource.Type.GROUP, workers(topic)), settings))
                        .all()
                        .get();
            } catch (ExecutionException e) {
                throw failed("settle share group " + workers(topic) + " (share groups need Kafka 4.4)", e);
            } catch (InterruptedException e) {
                throw interrupted(e);
            }
        }
    }

    private static AlterConfigOp set(String name, String value) {
        return new AlterConfigOp(new ConfigEntry(name, value), AlterConfigOp.OpType.SET);
    }

    private static NewTopic topic(String name, int partitions, short replicas, String retentionMillis) {
        return new NewTopic(name, partitions, replicas).configs(Map.of("retention.ms", retentionMillis));
    }

    private static IllegalStateException failed(String what, ExecutionException error) {
        return new IllegalStateException(
                "Cannot " + what + ": " + error.getCause() + ". Check the broker and the rights on it", error);
    }

    private static IllegalStateException interrupted(InterruptedException error) {
        Thread.currentThread().interrupt();
        return new IllegalStateException("Cannot make the topics: interrupted", error);
    }
}
