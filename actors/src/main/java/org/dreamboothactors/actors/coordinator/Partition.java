package org.dreamboothactors.actors.coordinator;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.dreamboothactors.actors.turns.Belongings;
import org.dreamboothactors.actors.turns.Turns;
import org.dreamboothactors.protocol.Events;
import org.dreamboothactors.protocol.v1.PhotoJudged;
import org.dreamboothactors.protocol.v1.RunErased;
import org.dreamboothactors.protocol.v1.RunEvent;
import org.dreamboothactors.protocol.v1.SubjectUpload;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The runs of one partition.
 *
 * <p>All it knows it read in the partition's history. It decides only when it has read everything it wrote itself, so it
 * asks for nothing twice and never acts against its own decisions. One thread.
 */
final class Partition implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Partition.class);
    /** A store that is away costs the verdicts; so they are asked for again after a time no honest photo needs. */
    private static final Duration JUDGING = Duration.ofSeconds(30);

    /** The store may be away, too, or the node that was to erase. */
    private static final Duration ERASING = Duration.ofMinutes(2);
    /** Until it is looked once more whether it is known what a run has alone: another of its photos may take long. */
    private static final Duration LOOKING = Duration.ofSeconds(1);

    private static final int MOST_WAITED_FOR = 40;
    /** Bytes of key and value. Kafka takes 1 MiB with what it adds itself. */
    private static final int LARGEST_RECORD = 1_040_000;

    private static final Duration JUDGING_A_PHOTO = Duration.ofSeconds(5);

    private final int number;
    private final Ledger ledger;
    private final int partitions;
    private final Decisions decisions;
    private final Turns turns;
    private final Admission admission;
    private final Belongings belongings;
    private final Announcements announcements;
    private final InstantSource clock;
    private final long historyEnd;
    private final Map<String, RunState> runs = new HashMap<>();
    private final Set<String> changed = new LinkedHashSet<>();
    private final List<ConsumerRecord<byte[], byte[]>> unanswered = new ArrayList<>();
    private final Map<String, List<PhotoJudged>> verdicts = new HashMap<>();
    private final Map<String, RunErased> erased = new HashMap<>();
    /** When to ask once more for verdicts or for an erasure. */
    private final Map<String, Instant> askedUntil = new HashMap<>();
    /** Runs that need nothing but their turn. */
    private final Set<String> inLine = new HashSet<>();

    /**
     * A partition of whose history nothing is read yet.
     *
     * @param partitions of each of the topics that meet here
     * @param clock of deadlines
     * @param historyEnd of the history that was there when the ledger was opened
     */
    Partition(
            int number,
            Ledger ledger,
            int partitions,
            Decisions decisions,
            Turns turns,
            Admission admission,
            Belongings belongings,
            Announcements announcements,
            InstantSource clock,
            long historyEnd) {
        this.number = number;
        this.ledger = ledger;
        this.partitions = partitions;
        this.decisions = decisions;
        this.turns = turns;
        this.admission = admission;
        this.belongings = belongings;
        this.announcements = announcements;
        this.clock = clock;
        this.historyEnd = historyEnd;
    }

    /** A record of the partition's history. */
    void hear(ConsumerRecord<byte[], byte[]> record) {
        Events.read(record.value())
                .ifPresentOrElse(
                        this::hear,
                        () -> LOG.warn("{} {} is no run event and is skipped", record.topic(), record.offset()));
    }

    private void hear(RunEvent event) {
        RunState before = run(event.getRunId());
        RunState after = before.after(event);
        if (!after.equals(before)) {
            runs.put(event.getRunId(), after);
            changed.add(event.getRunId());
        }
    }

    /** A record of a client. */
    void receive(ConsumerRecord<byte[], byte[]> record) {
        unanswered.add(record);
    }

    boolean knows(String runId) {
        return runs.containsKey(runId);
    }

    void judged(String runId, List<PhotoJudged> photos) {
        verdicts.put(runId, photos);
        changed.add(runId);
    }

    void erased(String runId, RunErased gone) {
        erased.put(runId, gone);
        changed.add(runId);
    }

    /** Whether all that counts is read, up to a position in the history. */
    boolean isUpToDate(long position) {
        return position >= Math.max(historyEnd, ledger.end());
    }

    /** Whether more records of clients are wanted. */
    boolean isReady(long position) {
        return isUpToDate(position) && unanswered.isEmpty();
    }

    /** Runs that have not ended. */
    int openRuns() {
        return Math.toIntExact(runs.values().stream().filter(RunState::isOpen).count());
    }

    /**
     * Writes what there is to write; to be called when up to date.
     *
     * @return what others are to do
     */
    Wanted work() {
        if (unanswered.isEmpty()) {
            return decide();
        }
        Inbox inbox = new Inbox(partitions, this::run);
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        List<ProducerRecord<byte[], byte[]>> answers = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record : unanswered) {
            inbox.answer(record).ifPresent(answers::add);
            offsets.put(
                    new TopicPartition(record.topic(), record.partition()), new OffsetAndMetadata(record.offset() + 1));
        }
        if (ledger.write(answers, offsets)) {
            unanswered.clear();
        }
        return Wanted.nothing();
    }

    private Wanted decide() {
        Instant now = clock.instant();
        askedUntil.forEach((runId, until) -> {
            if (now.isAfter(until)) {
                changed.add(runId);
            }
        });
        Optional<String> next =
                inLine.isEmpty() ? Optional.empty() : turns.next().filter(inLine::contains);
        next.ifPresent(changed::add);
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        Wanted wanted = Wanted.nothing();
        Set<String> undecided = new LinkedHashSet<>();
        for (String runId : changed) {
            RunState run = run(runId);
            List<Decision> needed = decide(run);
            if (needed.stream().noneMatch(Partition::isAskedOfOthers) || erased.containsKey(runId)) {
                askedUntil.remove(runId);
            }
            if (run.end().isPresent() || run.erasure().isWanted()) {
                tellVerdicts(runId, records); // the clean copies are stored, and can be erased when that is known
            }
            RunErased gone = erased.get(runId);
            if (gone != null && gone.getRound() > run.erasure().done()) {
                records.add(Announcements.fact(Announcements.erased(runId, gone)));
                continue; // what is left to be erased is decided when that is read
            }
            inLine.remove(runId);
            for (Decision decision : needed) {
                if (decision instanceof Decision.Judge(SubjectUpload upload)) {
                    Optional<Decision> admitted =
                            verdicts.containsKey(runId) ? Optional.of(decision) : admission.of(upload);
                    if (admitted.isEmpty()) {
                        undecided.add(runId);
                    } else if (admitted.get() instanceof Decision.Judge) {
                        judge(run, upload, now, records, wanted);
                    } else {
                        records.addAll(records(run, admitted.get()));
                    }
                } else if (decision instanceof Decision.Erase(int round)) {
                    erase(run, round, now, wanted);
                } else if (decision instanceof Decision.Train
                        && next.filter(runId::equals).isEmpty()) {
                    inLine.add(runId);
                } else {
                    records.addAll(records(run, decision));
                }
            }
        }
        if (!records.isEmpty()) {
            ledger.write(records);
        }
        verdicts.clear();
        erased.clear();
        changed.clear();
        changed.addAll(undecided);
        return wanted;
    }

    /** A record that Kafka refuses would stop all runs of the partition, at whichever node, again and again. */
    private List<ProducerRecord<byte[], byte[]>> records(RunState run, Decision decision) {
        List<ProducerRecord<byte[], byte[]>> records = announcements.of(run, decision);
        int largest = records.stream()
                .mapToInt(record -> record.key().length + record.value().length)
                .max()
                .orElse(0);
        if (largest <= LARGEST_RECORD) {
            return records;
        }
        LOG.error("What run {} needs makes a record of {} bytes", run.runId(), largest);
        return run.isOpen()
                ? announcements.of(
                        run,
                        new Decision.Fail("What has to be told of it makes a record of " + largest
                                + " bytes, expected at most " + LARGEST_RECORD + ". Ask for less, or in fewer words"))
                : List.of();
    }

    private void judge(
            RunState run,
            SubjectUpload upload,
            Instant now,
            List<ProducerRecord<byte[], byte[]>> records,
            Wanted wanted) {
        if (verdicts.containsKey(run.runId())) {
            tellVerdicts(run.runId(), records);
        } else if (isToBeAsked(run.runId(), now)) {
            wanted.verdicts().add(upload);
            // Asking again too early costs nothing; class images can be many, and lost verdicts should not wait for
            // all.
            int pictures = Math.min(upload.getPhotosCount() + upload.getClassPhotosCount(), MOST_WAITED_FOR);
            askedUntil.put(run.runId(), now.plus(JUDGING).plus(JUDGING_A_PHOTO.multipliedBy(pictures)));
        }
    }

    private void tellVerdicts(String runId, List<ProducerRecord<byte[], byte[]>> records) {
        verdicts.getOrDefault(runId, List.of())
                .forEach(verdict -> records.add(Announcements.fact(Announcements.judged(runId, verdict))));
    }

    private boolean isToBeAsked(String runId, Instant now) {
        return now.isAfter(askedUntil.getOrDefault(runId, Instant.MIN));
    }

    private static boolean isAskedOfOthers(Decision decision) {
        return decision instanceof Decision.Judge || decision instanceof Decision.Erase;
    }

    private void erase(RunState run, int round, Instant now, Wanted wanted) {
        if (isToBeAsked(run.runId(), now)) {
            boolean isKnown = belongings.alone(run.runId(), round).isPresent();
            if (isKnown) {
                wanted.erasures().add(new Erasing(run.runId(), round));
            }
            askedUntil.put(run.runId(), now.plus(isKnown ? ERASING : LOOKING));
        }
    }

    /** A run whose state nobody foresaw fails; the others go on. */
    private List<Decision> decide(RunState run) {
        try {
            return decisions.of(run);
        } catch (RuntimeException e) {
            LOG.error("Cannot decide what run {} needs", run.runId(), e);
            return run.isOpen() ? List.of(new Decision.Fail("The coordinator cannot go on with it: " + e)) : List.of();
        }
    }

    /**
     * What the partition cannot do itself; the answers come as {@link #judged} and {@link #erased}.
     *
     * @param verdicts on these uploads' photos
     */
    record Wanted(List<SubjectUpload> verdicts, List<Erasing> erasures) {
        private static Wanted nothing() {
            return new Wanted(new ArrayList<>(), new ArrayList<>());
        }
    }

    private RunState run(String runId) {
        return runs.computeIfAbsent(runId, RunState::unknown);
    }

    int number() {
        return number;
    }

    @Override
    public void close() {
        ledger.close();
    }
}
