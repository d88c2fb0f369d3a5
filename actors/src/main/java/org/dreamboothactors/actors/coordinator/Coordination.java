package org.dreamboothactors.actors.coordinator;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.dreamboothactors.actors.work.SteadyClock;
import org.dreamboothactors.protocol.Topics;
import org.dreamboothactors.protocol.v1.PhotoJudged;
import org.dreamboothactors.protocol.v1.RunErased;
import org.dreamboothactors.protocol.v1.SubjectUpload;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Coordinates the runs of the partitions that Kafka gives this node.
 *
 * <p>{@code subject-upload} and {@code run-control} are read in a consumer group, whose protocol is the election of
 * coordinators; {@code run-events} of the same partitions is read from the beginning and followed. {@link #run} belongs
 * to one thread, the other methods may be called from any.
 */
final class Coordination {
    private static final Logger LOG = LoggerFactory.getLogger(Coordination.class);
    private static final Duration CLIENTS_POLL = Duration.ofMillis(20);
    private static final Duration HISTORY_POLL = Duration.ofMillis(50);
    private static final List<String> CLIENT_TOPICS = List.of(Topics.SUBJECT_UPLOAD, Topics.RUN_CONTROL);
    private static final int MOST_RECORDS = 100; // of clients in one transaction
    private static final int MOST_FACTS = 5000; // in one go; a long history is read in seconds

    private final CoordinatorSettings settings;
    private final Listener listener;
    private final InstantSource clock;
    private final Decisions decisions;
    private final AtomicBoolean stopped = new AtomicBoolean();
    private final ConcurrentLinkedQueue<Answer> answers = new ConcurrentLinkedQueue<>();
    private final Map<Integer, Partition> open = new TreeMap<>();

    /** What somebody else did for a run, for the partition that knows it. */
    private record Answer(String runId, Consumer<Partition> tell) {}

    /** Hears on the coordination's thread. */
    interface Listener {
        /** The photos want verdicts; {@link Coordination#judged} takes them. */
        void judge(SubjectUpload upload);

        /** Objects are to go; {@link Coordination#erased} hears when they are gone. */
        void erase(Erasing erasing);

        /** A partition is coordinated here and has so many open runs; asked again and again. */
        void coordinates(int partition, int openRuns);

        /** A partition is not coordinated here any more. */
        void leaves(int partition);
    }

    Coordination(CoordinatorSettings settings, Listener listener, InstantSource clock) {
        this.settings = settings;
        this.listener = listener;
        this.clock = clock;
        this.decisions = new Decisions(
                new Specs(settings.models()::model, settings.defaultBaseModel()), settings.classImageGroupSize());
    }

    /** Ends {@link #run} soon. */
    void stop() {
        stopped.set(true);
    }

    void judged(String runId, List<PhotoJudged> photos) {
        List<PhotoJudged> verdicts = List.copyOf(photos);
        answers.add(new Answer(runId, partition -> partition.judged(runId, verdicts)));
    }

    void erased(String runId, RunErased gone) {
        answers.add(new Answer(runId, partition -> partition.erased(runId, gone)));
    }

    /** Coordinates until stopped. Throws what Kafka threw; then nothing is lost and another can go on. */
    void run() {
        try (KafkaConsumer<byte[], byte[]> history = history(); // closed last: leaving the group needs it
                KafkaConsumer<byte[], byte[]> clients = clients()) {
            int partitions = history.partitionsFor(Topics.RUN_EVENTS).size();
            Set<TopicPartition> assigned = new HashSet<>();
            clients.subscribe(CLIENT_TOPICS, new Assignment(clients, history, assigned));
            while (!stopped.get()) {
                receive(clients, history);
                openNew(assigned, clients, history, partitions);
                follow(history);
                decide(history);
            }
        } finally {
            open.values().forEach(Partition::close);
        }
    }

    private void receive(KafkaConsumer<byte[], byte[]> clients, KafkaConsumer<byte[], byte[]> history) {
        for (Partition partition : open.values()) {
            if (partition.isReady(history.position(historyOf(partition.number())))) {
                clients.resume(clientTopicsOf(partition.number()));
            } else {
                clients.pause(clientTopicsOf(partition.number()));
            }
        }
        for (ConsumerRecord<byte[], byte[]> record : clients.poll(CLIENTS_POLL)) {
            partition(record.partition()).receive(record);
        }
    }

    private Partition partition(int number) {
        Partition partition = open.get(number);
        if (partition == null) {
            throw new IllegalStateException("Partition " + number + " sent records before it was opened");
        }
        return partition;
    }

    private void openNew(
            Set<TopicPartition> assigned,
            KafkaConsumer<byte[], byte[]> clients,
            KafkaConsumer<byte[], byte[]> history,
            int partitions) {
        for (int number = 0; number < partitions; number++) {
            if (!open.containsKey(number) && assigned.containsAll(clientTopicsOf(number))) {
                // In this order: once the ledger is open, nobody else can decide for the partition any more.
                Ledger ledger = KafkaLedger.open(settings.kafka(), number, clients::groupMetadata);
                TopicPartition events = historyOf(number);
                history.assign(Stream.concat(open.keySet().stream(), Stream.of(number))
                        .map(Coordination::historyOf)
                        .toList());
                history.seekToBeginning(List.of(events));
                long end = history.endOffsets(List.of(events)).getOrDefault(events, 0L);
                open.put(
                        number,
                        new Partition(
                                number,
                                ledger,
                                partitions,
                                decisions,
                                settings.turns(),
                                new Admission(settings.usages(), settings.limits()),
                                settings.belongings(),
                                new Announcements(settings.store().bucket(), clock),
                                SteadyClock.system(),
                                end));
                LOG.info("Partition {} is coordinated here", number);
            }
        }
    }

    private void follow(KafkaConsumer<byte[], byte[]> history) {
        if (open.isEmpty()) {
            return;
        }
        for (ConsumerRecord<byte[], byte[]> record : history.poll(HISTORY_POLL)) {
            partition(record.partition()).hear(record);
        }
    }

    private void decide(KafkaConsumer<byte[], byte[]> history) {
        for (Answer next = answers.poll(); next != null; next = answers.poll()) {
            String runId = next.runId();
            open.values().stream().filter(partition -> partition.knows(runId)).forEach(next.tell());
        }
        for (Partition partition : open.values()) {
            if (partition.isUpToDate(history.position(historyOf(partition.number())))) {
                Partition.Wanted wanted = partition.work();
                wanted.verdicts().forEach(listener::judge);
                wanted.erasures().forEach(listener::erase);
                listener.coordinates(partition.number(), partition.openRuns());
            }
        }
    }

    private KafkaConsumer<byte[], byte[]> clients() {
        return consumer(
                MOST_RECORDS,
                Map.of(
                        "group.id",
                        Topics.COORDINATORS,
                        "group.protocol",
                        "consumer",
                        "group.remote.assignor",
                        "range")); // equal partitions of both topics go to the same node
    }

    private KafkaConsumer<byte[], byte[]> history() {
        return consumer(MOST_FACTS, Map.of());
    }

    /** Reads from the beginning what is committed. */
    private KafkaConsumer<byte[], byte[]> consumer(int mostAtOnce, Map<String, Object> more) {
        Map<String, Object> properties = new HashMap<>(more);
        properties.put("isolation.level", "read_committed");
        properties.put("auto.offset.reset", "earliest");
        properties.put("enable.auto.commit", false);
        properties.put("max.poll.records", mostAtOnce);
        return new KafkaConsumer<>(
                settings.kafka().with(properties), new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    private static TopicPartition historyOf(int partition) {
        return new TopicPartition(Topics.RUN_EVENTS, partition);
    }

    private static List<TopicPartition> clientTopicsOf(int partition) {
        return CLIENT_TOPICS.stream()
                .map(topic -> new TopicPartition(topic, partition))
                .toList();
    }

    /** Called while polling, on the same thread: no transaction is open then. */
    private final class Assignment implements ConsumerRebalanceListener {
        private final KafkaConsumer<byte[], byte[]> clients;
        private final KafkaConsumer<byte[], byte[]> history;
        private final Set<TopicPartition> assigned;

        Assignment(
                KafkaConsumer<byte[], byte[]> clients,
                KafkaConsumer<byte[], byte[]> history,
                Set<TopicPartition> assigned) {
            this.clients = clients;
            this.history = history;
            this.assigned = assigned;
        }

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> added) {
            assigned.addAll(added);
            clients.pause(added); // until their history is read
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> gone) {
            assigned.removeAll(gone);
            for (TopicPartition lost : gone) {
                Partition partition = open.remove(lost.partition());
                if (partition != null) {
                    partition.close();
                    listener.leaves(partition.number());
                    LOG.info("Partition {} is coordinated elsewhere", partition.number());
                }
            }
            history.assign(open.keySet().stream().map(Coordination::historyOf).toList());
        }
    }
}
