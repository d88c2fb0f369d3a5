package org.dreamboothactors.actors.coordinator;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.dreamboothactors.actors.turns.Erasure;
import org.dreamboothactors.actors.turns.Line;
import org.dreamboothactors.actors.turns.TenantLimits;
import org.dreamboothactors.protocol.Events;
import org.dreamboothactors.protocol.Topics;
import org.dreamboothactors.protocol.v1.GenerationRequest;
import org.dreamboothactors.protocol.v1.LatentRequest;
import org.dreamboothactors.protocol.v1.PhotoVerdict;
import org.dreamboothactors.protocol.v1.RunErased;
import org.dreamboothactors.protocol.v1.RunEvent;
import org.dreamboothactors.protocol.v1.SamplesReady;
import org.dreamboothactors.protocol.v1.SubjectUpload;
import org.dreamboothactors.protocol.v1.TrainRequest;

/**
 * A partition, its topics in memory, and workers, intake and clients that do everything late, twice or not at all, as a
 * seed decides.
 */
final class World {
    /** What was written, in the one order in which it became visible. */
    record Entry(String topic, ByteString value) {}

    final List<Entry> written = new ArrayList<>();
    private final List<ConsumerRecord<byte[], byte[]>> history = new ArrayList<>();
    private final List<ConsumerRecord<byte[], byte[]>> clients = new ArrayList<>();
    private final List<Entry> work = new ArrayList<>();
    private final List<SubjectUpload> toJudge = new ArrayList<>();
    private final List<Erasing> toErase = new ArrayList<>();
    private final Map<String, Erasure> erasures = new HashMap<>();
    private final Random random;
    private final Line line = new Line(() -> this.now);
    private Instant now = Instant.EPOCH;
    private int committed;
    private int received;
    private int position;
    private int generation;
    private Partition partition;

    World(long seed) {
        random = new Random(seed);
        partition = restarted();
    }

    /** Kills the coordinator, wherever it is, and lets another go on. */
    void restart() {
        partition = restarted();
    }

    private Partition restarted() {
        generation++;
        position = 0;
        received = committed;
        InstantSource clock = () -> now;
        return new Partition(
                0,
                new MemoryLedger(generation),
                1,
                Runs.decisions(),
                line,
                new Admission(line, TenantLimits.none()),
                line,
                new Announcements("bucket", clock),
                clock,
                history.size());
    }

    void client(String topic, String runId, byte[] value) {
        clients.add(new ConsumerRecord<>(topic, 0, clients.size(), runId.getBytes(StandardCharsets.UTF_8), value));
    }

    /** A fact that a worker tells. */
    void tell(RunEvent fact) {
        append(Announcements.fact(fact));
    }

    /** The coordinator reads a little, or decides. */
    void coordinate() {
        now = now.plus(Duration.ofSeconds(random.nextInt(20)));
        int upTo = Math.min(history.size(), position + 1 + random.nextInt(4));
        history.subList(position, upTo).forEach(partition::hear);
        position = upTo;
        if (partition.isReady(position) && received < clients.size()) {
            int more = Math.min(clients.size(), received + 1 + random.nextInt(3));
            clients.subList(received, more).forEach(partition::receive);
            received = more;
        }
        if (partition.isUpToDate(position)) {
            try {
                Partition.Wanted wanted = partition.work();
                toJudge.addAll(wanted.verdicts());
                toErase.addAll(wanted.erasures());
            } catch (Crash crash) {
                restart();
            }
        }
    }

    /** Verdicts come, or the store is away and they do not. */
    void judge() {
        if (!toJudge.isEmpty()) {
            SubjectUpload upload = toJudge.remove(random.nextInt(toJudge.size()));
            if (random.nextInt(3) > 0) {
                judged(upload);
            }
        }
    }

    private void judged(SubjectUpload upload) {
        partition.judged(
                upload.getRunId(),
                IntStream.range(0, upload.getPhotosCount())
                        .mapToObj(i -> Runs.verdict(i, PhotoVerdict.ACCEPTED))
                        .toList());
    }

    boolean isJudging() {
        return !toJudge.isEmpty();
    }

    /** All verdicts come, but those whose coordinator is gone. */
    void judgeAll() {
        toJudge.forEach(this::judged);
        toJudge.clear();
    }

    /** The store loses what it was asked to, or is away. */
    void erase() {
        if (!toErase.isEmpty()) {
            Erasing erasing = toErase.remove(random.nextInt(toErase.size()));
            if (random.nextInt(3) > 0) {
                partition.erased(
                        erasing.runId(),
                        RunErased.newBuilder().setRound(erasing.round()).build());
            }
        }
    }

    /** How far erasures are, by run. */
    Map<String, Erasure> erasures() {
        return Map.copyOf(erasures);
    }

    /** Some worker does some record of a queue; perhaps the record is delivered again. */
    void work() {
        if (!work.isEmpty()) {
            int which = random.nextInt(work.size());
            Entry entry = random.nextInt(3) == 0 ? work.get(which) : work.remove(which);
            try {
                switch (entry.topic()) {
                    case Topics.LATENT_CACHE -> tell(Runs.cached(LatentRequest.parseFrom(entry.value())));
                    case Topics.REG_GENERATION -> draw(GenerationRequest.parseFrom(entry.value()));
                    default -> train(TrainRequest.parseFrom(entry.value()));
                }
            } catch (InvalidProtocolBufferException e) {
                throw new AssertionError(e);
            }
        }
    }

    /** Tells a fact again that was told long ago. */
    void repeat() {
        if (!history.isEmpty()) {
            ConsumerRecord<byte[], byte[]> old = history.get(random.nextInt(history.size()));
            RunEvent event = event(ByteString.copyFrom(old.value()));
            switch (event.getFactCase()) {
                case LATENTS_CACHED, CLASS_IMAGES_READY, CHECKPOINT_VERIFIED, TRAINING_YIELDED -> tell(event);
                default -> {} // only workers tell twice
            }
        }
    }

    boolean isQuiet() {
        return position == history.size()
                && partition.isReady(position)
                && received == clients.size()
                && work.isEmpty()
                && toJudge.isEmpty()
                && toErase.isEmpty()
                && erasures.values().stream().noneMatch(Erasure::isDue);
    }

    static RunEvent event(ByteString value) {
        try {
            return RunEvent.parseFrom(value);
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }

    private void draw(GenerationRequest request) {
        tell(
                request.hasClassImages()
                        ? Runs.drawn(request)
                        : Events.event(request.getRunId(), "samples-" + request.getRequestId())
                                .setSamplesReady(SamplesReady.newBuilder().setRequestId(request.getRequestId()))
                                .build());
    }

    private void train(TrainRequest request) {
        String runId = request.getRunId();
        long maxSteps = request.getSpec().getTraining().getMaxSteps();
        switch (random.nextInt(8)) {
            case 0, 1, 2 -> tell(Runs.yielded(runId, request.getAttempt(), request.getFromStep()));
            case 3 -> tell(Runs.workFailed(runId, Topics.TRAIN_STEP, ""));
            default -> {
                tell(Runs.verified(runId, request.getAttempt(), maxSteps / 2, maxSteps));
                tell(Runs.verified(runId, request.getAttempt(), maxSteps, maxSteps));
            }
        }
    }

    private void append(ProducerRecord<byte[], byte[]> record) {
        Entry entry = new Entry(record.topic(), ByteString.copyFrom(record.value()));
        written.add(entry);
        if (Topics.WORK.contains(record.topic())) {
            work.add(entry);
        } else if (record.topic().equals(Topics.RUN_EVENTS)) {
            RunEvent event = event(entry.value());
            line.hear(event);
            erasures.merge(event.getRunId(), Erasure.NOT_WANTED.after(event), (erasure, _) -> erasure.after(event));
            history.add(new ConsumerRecord<>(record.topic(), 0, history.size(), record.key(), record.value()));
        }
    }

    /** The coordinator's process ends at the worst moment. */
    private static final class Crash extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    /** Transactions in memory; crashes before or after them. */
    private final class MemoryLedger implements Ledger {
        private final int mine;
        private long end;

        MemoryLedger(int mine) {
            this.mine = mine;
        }

        @Override
        public long end() {
            return end;
        }

        @Override
        public void write(List<ProducerRecord<byte[], byte[]>> records) {
            write(records, Map.of());
        }

        @Override
        public boolean write(
                List<ProducerRecord<byte[], byte[]>> records, Map<TopicPartition, OffsetAndMetadata> offsets) {
            if (mine != generation) {
                throw new AssertionError("An older coordinator went on");
            }
            if (random.nextInt(20) == 0) {
                throw new Crash();
            }
            if (!offsets.isEmpty() && random.nextInt(10) == 0) {
                return false;
            }
            records.forEach(World.this::append);
            end = history.size();
            committed = offsets.isEmpty() ? committed : received;
            if (random.nextInt(20) == 0) {
                throw new Crash();
            }
            return true;
        }

        @Override
        public void close() {}
    }
}
