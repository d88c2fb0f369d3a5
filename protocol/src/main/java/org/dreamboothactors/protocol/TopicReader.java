package org.dreamboothactors.protocol;

import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A topic's committed messages, without a consumer group. What cannot be parsed is logged and left out.
 *
 * <p>Partitions that are added to the topic later are not read. {@link #next} and {@link #close} may be called from any
 * thread; a close ends a wait.
 */
final class TopicReader<T extends Message> implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TopicReader.class);
    private static final int REQUEST_MILLIS = 10_000;
    private static final Duration REQUEST = Duration.ofMillis(REQUEST_MILLIS);
    private static final Duration CLOSING = Duration.ofSeconds(5);

    private final String topic;
    private final ProtoDeserializer<T> messages;
    private final KafkaConsumer<String, byte[]> consumer;
    private final Deque<ConsumerRecord<String, byte[]>> fetched = new ArrayDeque<>();
    private final ReentrantLock turn = new ReentrantLock(); // a Kafka consumer serves one thread at a time
    private final AtomicBoolean closed = new AtomicBoolean();

    private TopicReader(String topic, Parser<T> parser, KafkaConsumer<String, byte[]> consumer) {
        this.topic = topic;
        this.messages = new ProtoDeserializer<>(parser);
        this.consumer = consumer;
    }

    /** Where reading starts. */
    private interface Start {
        void position(KafkaConsumer<String, byte[]> consumer, List<TopicPartition> partitions);
    }

    /** Reads everything from the beginning. */
    static <T extends Message> TopicReader<T> ofAll(KafkaConnection kafka, String topic, Parser<T> parser) {
        return open(kafka, topic, parser, (consumer, partitions) -> {
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
        });
    }

    /** Reads what is published after this call. */
    static <T extends Message> TopicReader<T> ofNew(KafkaConnection kafka, String topic, Parser<T> parser) {
        return open(kafka, topic, parser, (consumer, partitions) -> {
            consumer.assign(partitions);
            consumer.seekToEnd(partitions);
            partitions.forEach(partition -> consumer.position(partition, REQUEST)); // seeking alone is put off
        });
    }

    /** Reads the one partition in which producers put this key, from its beginning. */
    static <T extends Message> TopicReader<T> ofKey(KafkaConnection kafka, String topic, Parser<T> parser, String key) {
        return open(kafka, topic, parser, (consumer, partitions) -> {
            TopicPartition partition = new TopicPartition(topic, partition(key, partitions.size()));
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
        });
    }

    /** The partition that Kafka's producer chooses. */
    static int partition(String key, int partitions) {
        return BuiltInPartitioner.partitionForKey(key.getBytes(StandardCharsets.UTF_8), partitions);
    }

    private static <T extends Message> TopicReader<T> open(
            KafkaConnection kafka, String topic, Parser<T> parser, Start start) {
        TopicReader<T> reader = null;
        try {
            reader = new TopicReader<>(topic, parser, consumer(kafka));
            start.position(
                    reader.consumer,
                    reader.consumer.partitionsFor(topic, REQUEST).stream()
                            .map(partition -> new TopicPartition(topic, partition.partition()))
                            .toList());
            return reader;
        } catch (KafkaException e) {
            if (reader != null) {
                reader.close();
            }
            throw new BrokerException(
                    "Cannot read " + topic + " at " + kafka.bootstrapServers() + ": " + Answers.reason(e)
                            + ". Check that Kafka is reachable and the service has made its topics",
                    e);
        }
    }

    private static KafkaConsumer<String, byte[]> consumer(KafkaConnection kafka) {
        return new KafkaConsumer<>(
                kafka.with(Map.of(
                        "isolation.level",
                        "read_committed",
                        "allow.auto.create.topics",
                        false,
                        "auto.offset.reset",
                        "earliest", // after a retention: what is left, not what comes
                        "default.api.timeout.ms",
                        REQUEST_MILLIS,
                        "request.timeout.ms",
                        REQUEST_MILLIS)),
                new StringDeserializer(),
                new ByteArrayDeserializer());
    }

    /** The next wanted message; empty when there is none in time, also while Kafka is away. */
    Optional<T> next(Duration atMost, Predicate<T> wanted) {
        long deadline = System.nanoTime() + atMost.toNanos();
        if (!myTurn(atMost)) {
            return Optional.empty();
        }
        try {
            while (true) {
                while (!fetched.isEmpty()) {
                    Optional<T> message = message(fetched.remove()).filter(wanted);
                    if (message.isPresent()) {
                        return message;
                    }
                }
                Duration left = Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
                fetch(left);
                if (fetched.isEmpty() && left.isZero()) {
                    return Optional.empty();
                }
            }
        } finally {
            turn.unlock();
        }
    }

    private boolean myTurn(Duration atMost) {
        try {
            return turn.tryLock(atMost.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            throw new InterruptException(e); // sets the thread's flag again
        }
    }

    /** Where the partitions end now. */
    Map<TopicPartition, Long> ends() {
        return asked(() -> consumer.endOffsets(consumer.assignment(), REQUEST));
    }

    /** Whether everything before {@code ends} was handed out. */
    boolean passed(Map<TopicPartition, Long> ends) {
        return left(ends) == 0;
    }

    /** Records that are not handed out yet, and offsets before {@code ends} that are still to be fetched. */
    long left(Map<TopicPartition, Long> ends) {
        return asked(() -> fetched.size()
                + ends.entrySet().stream()
                        .mapToLong(end -> Math.max(0, end.getValue() - consumer.position(end.getKey(), REQUEST)))
                        .sum());
    }

    private <A> A asked(Supplier<A> question) {
        turn.lock();
        try {
            refuseClosed();
            return question.get();
        } catch (KafkaException e) {
            throw unreadable(e);
        } finally {
            turn.unlock();
        }
    }

    private void fetch(Duration atMost) {
        refuseClosed();
        try {
            consumer.poll(atMost).forEach(fetched::add);
        } catch (WakeupException e) {
            throw new IllegalStateException("Cannot read " + topic + ": the reader was closed meanwhile", e);
        } catch (KafkaException e) {
            throw unreadable(e);
        }
    }

    private void refuseClosed() {
        if (closed.get()) {
            throw new IllegalStateException("Cannot read " + topic + ": the reader is closed");
        }
    }

    private BrokerException unreadable(KafkaException e) {
        return new BrokerException(
                "Cannot read " + topic + ": " + Answers.reason(e) + ". Check Kafka and the rights on it", e);
    }

    private Optional<T> message(ConsumerRecord<String, byte[]> record) {
        try {
            return Optional.ofNullable(messages.deserialize(topic, record.value()));
        } catch (SerializationException e) {
            LOG.warn("Left out {}-{} offset {}: {}", topic, record.partition(), record.offset(), e.getMessage());
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        if (closed.getAndSet(true)) {
            return;
        }
        consumer.wakeup();
        turn.lock();
        try {
            consumer.close(CloseOptions.timeout(CLOSING));
        } finally {
            turn.unlock();
        }
    }
}
