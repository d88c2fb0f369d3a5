package org.dreamboothactors.actors.board;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.clients.admin.ListGroupsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.ListShareGroupOffsetsSpec;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.SharePartitionOffsetInfo;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.dreamboothactors.protocol.Topics;

/** One look at the topics, through the broker's own figures. Blocks, within a limit for every question. */
final class TopicLook {
    /** In the order in which a run meets them. */
    private static final List<String> SHOWN = List.of(
            Topics.SUBJECT_UPLOAD,
            Topics.RUN_CONTROL,
            Topics.LATENT_CACHE,
            Topics.REG_GENERATION,
            Topics.TRAIN_STEP,
            Topics.RUN_EVENTS,
            Topics.CHECKPOINT_READY);
    /** Consumer groups that are asked for their offsets. */
    private static final int MOST_GROUPS = 50;

    private static final double MILLIS = 1000; // of a second

    private final Admin admin;
    private final Supplier<Map<String, Duration>> oldest;
    private final Duration limit;

    /** @param oldest how long the oldest work of a queue waits, by topic */
    TopicLook(Admin admin, Supplier<Map<String, Duration>> oldest, Duration limit) {
        this.admin = admin;
        this.oldest = oldest;
        this.limit = limit;
    }

    private record Range(long begin, long end) {}

    private record Reader(String group, long backlog, int members) {}

    List<TopicView> now() throws InterruptedException, ExecutionException, TimeoutException {
        Map<String, Map<TopicPartition, Range>> ranges = ranges();
        Map<String, Map<TopicPartition, OffsetAndMetadata>> committed = committed();
        Map<String, Duration> waiting = oldest.get();
        List<TopicView> views = new ArrayList<>();
        for (String topic : SHOWN) {
            Map<TopicPartition, Range> partitions = ranges.getOrDefault(topic, Map.of());
            boolean work = Topics.WORK.contains(topic);
            Optional<Reader> reader = partitions.isEmpty()
                    ? Optional.empty()
                    : work ? Optional.of(workers(topic, partitions)) : follower(partitions, committed);
            views.add(new TopicView(
                    topic,
                    !partitions.isEmpty(),
                    partitions.values().stream().mapToLong(Range::end).sum(),
                    records(partitions),
                    reader.map(Reader::group).orElse(""),
                    reader.map(Reader::backlog),
                    reader.map(Reader::members).orElse(0),
                    Optional.ofNullable(waiting.get(topic)).map(age -> age.toMillis() / MILLIS),
                    Optional.ofNullable(ranges.get(Topics.deadLetters(topic))).map(TopicLook::records)));
        }
        return views;
    }

    private Map<String, Map<TopicPartition, Range>> ranges()
            throws InterruptedException, ExecutionException, TimeoutException {
        Set<String> existing = ask(admin.listTopics().names());
        List<String> wanted = Stream.concat(SHOWN.stream(), SHOWN.stream().map(Topics::deadLetters))
                .filter(existing::contains)
                .toList();
        List<TopicPartition> partitions = new ArrayList<>();
        for (TopicDescription topic :
                ask(admin.describeTopics(wanted).allTopicNames()).values()) {
            topic.partitions().forEach(info -> partitions.add(new TopicPartition(topic.name(), info.partition())));
        }
        Map<TopicPartition, ListOffsetsResultInfo> begins = offsets(partitions, OffsetSpec.earliest());
        Map<TopicPartition, ListOffsetsResultInfo> ends = offsets(partitions, OffsetSpec.latest());
        Map<String, Map<TopicPartition, Range>> ranges = new HashMap<>();
        begins.forEach((partition, begin) -> Optional.ofNullable(ends.get(partition))
                .ifPresent(end -> ranges.computeIfAbsent(partition.topic(), _ -> new HashMap<>())
                        .put(partition, new Range(begin.offset(), end.offset()))));
        return ranges;
    }

    private Map<TopicPartition, ListOffsetsResultInfo> offsets(List<TopicPartition> partitions, OffsetSpec spec)
            throws InterruptedException, ExecutionException, TimeoutException {
        Map<TopicPartition, OffsetSpec> question = new HashMap<>();
        partitions.forEach(partition -> question.put(partition, spec));
        return ask(admin.listOffsets(question).all());
    }

    /** A partition that the group never met is waiting as a whole: the groups begin at the earliest record. */
    private Reader workers(String topic, Map<TopicPartition, Range> partitions)
            throws InterruptedException, ExecutionException, TimeoutException {
        String group = Topics.workers(topic);
        Map<TopicPartition, SharePartitionOffsetInfo> offsets = askAbout(admin.listShareGroupOffsets(
                                Map.of(group, new ListShareGroupOffsetsSpec().topicPartitions(partitions.keySet())))
                        .partitionsToOffsetInfo(group))
                .orElse(Map.of());
        long backlog = 0;
        for (Map.Entry<TopicPartition, Range> partition : partitions.entrySet()) {
            Range range = partition.getValue();
            backlog += Optional.ofNullable(offsets.get(partition.getKey()))
                    .map(offset -> offset.lag().orElse(Math.max(0, range.end() - offset.startOffset())))
                    .orElse(range.end() - range.begin());
        }
        int members = askAbout(admin.describeShareGroups(List.of(group)).all())
                .map(found -> found.values().stream()
                        .mapToInt(description -> description.members().size())
                        .sum())
                .orElse(0);
        return new Reader(group, backlog, members);
    }

    /** The service's own group, or else of several on a topic the one that is furthest behind. */
    private Optional<Reader> follower(
            Map<TopicPartition, Range> partitions, Map<String, Map<TopicPartition, OffsetAndMetadata>> committed)
            throws InterruptedException, ExecutionException, TimeoutException {
        Optional<Map.Entry<String, Long>> furthest = committed.entrySet().stream()
                .filter(group -> partitions.keySet().stream().anyMatch(group.getValue()::containsKey))
                .map(group -> Map.entry(group.getKey(), behind(partitions, group.getValue())))
                .max(Comparator.<Map.Entry<String, Long>, Boolean>comparing(
                                group -> group.getKey().equals(Topics.COORDINATORS))
                        .thenComparing(Map.Entry::getValue));
        if (furthest.isEmpty()) {
            return Optional.empty();
        }
        String group = furthest.get().getKey();
        int members = askAbout(admin.describeConsumerGroups(List.of(group)).all())
                .map(found -> found.values().stream()
                        .mapToInt(description -> description.members().size())
                        .sum())
                .orElse(0);
        return Optional.of(new Reader(group, furthest.get().getValue(), members));
    }

    private static long behind(
            Map<TopicPartition, Range> partitions, Map<TopicPartition, OffsetAndMetadata> committed) {
        return partitions.entrySet().stream()
                .mapToLong(partition -> Math.max(
                        0,
                        partition.getValue().end()
                                - Optional.ofNullable(committed.get(partition.getKey()))
                                        .map(OffsetAndMetadata::offset)
                                        .orElse(partition.getValue().begin())))
                .sum();
    }

    private Map<String, Map<TopicPartition, OffsetAndMetadata>> committed()
            throws InterruptedException, ExecutionException, TimeoutException {
        Map<String, ListConsumerGroupOffsetsSpec> question = new HashMap<>();
        ask(admin.listGroups(ListGroupsOptions.forConsumerGroups()).all()).stream()
                .map(GroupListing::groupId)
                .sorted(Comparator.comparing((String group) -> !group.equals(Topics.COORDINATORS))
                        .thenComparing(Comparator.naturalOrder()))
                .limit(MOST_GROUPS)
                .forEach(group -> question.put(group, new ListConsumerGroupOffsetsSpec()));
        return question.isEmpty()
                ? Map.of()
                : ask(admin.listConsumerGroupOffsets(question).all());
    }

    private static long records(Map<TopicPartition, Range> partitions) {
        return partitions.values().stream()
                .mapToLong(range -> range.end() - range.begin())
                .sum();
    }

    private <T> T ask(KafkaFuture<T> answer) throws InterruptedException, ExecutionException, TimeoutException {
        return answer.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Empty when the group does not exist (yet). */
    private <T> Optional<T> askAbout(KafkaFuture<T> answer)
            throws InterruptedException, ExecutionException, TimeoutException {
        try {
            return Optional.of(ask(answer));
        } catch (ExecutionException e) {
            if (e.getCause() instanceof GroupIdNotFoundException) {
                return Optional.empty();
            }
            throw e;
        }
    }
}
