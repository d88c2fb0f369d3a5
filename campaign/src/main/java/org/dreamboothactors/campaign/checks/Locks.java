package org.dreamboothactors.campaign.checks;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListShareGroupOffsetsSpec;
import org.apache.kafka.clients.admin.SharePartitionOffsetInfo;
import org.apache.kafka.common.TopicPartition;
import org.dreamboothactors.protocol.Topics;

/** Work records that nobody has said the last word on. */
record Locks(String bootstrapServers) {

    /** Sentences, one for each queue that is not worked off. */
    List<String> left() {
        Map<String, ListShareGroupOffsetsSpec> groups = new HashMap<>();
        for (String topic : Topics.WORK) {
            groups.put(
                    Topics.workers(topic),
                    new ListShareGroupOffsetsSpec().topicPartitions(List.of(new TopicPartition(topic, 0))));
        }
        List<String> left = new ArrayList<>();
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
            for (Map<TopicPartition, SharePartitionOffsetInfo> group :
                    admin.listShareGroupOffsets(groups).all().get().values()) {
                group.forEach((partition, offsets) -> {
                    long lag = offsets == null ? 0 : offsets.lag().orElse(0L);
                    if (lag > 0) {
                        left.add(lag + " records of " + partition.topic() + " are not answered");
                    }
                });
            }
        } catch (ExecutionException e) {
            left.add("the queues cannot be looked at: " + e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            left.add("the queues cannot be looked at: interrupted");
        }
        return left;
    }
}
