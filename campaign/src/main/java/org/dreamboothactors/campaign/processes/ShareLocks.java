package org.dreamboothactors.campaign.processes;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;
import org.dreamboothactors.protocol.Topics;

/** How long the broker keeps a work record for one worker. */
record ShareLocks(String bootstrapServers) {

    /** From now on a lock lasts this long, unless it is renewed. */
    void last(Duration lock) {
        Map<ConfigResource, Collection<AlterConfigOp>> groups = new HashMap<>();
        for (String topic : Topics.WORK) {
            groups.put(
                    new ConfigResource(ConfigResource.Type.GROUP, Topics.workers(topic)),
                    List.of(new AlterConfigOp(
                            new ConfigEntry("share.record.lock.duration.ms", Long.toString(lock.toMillis())),
                            AlterConfigOp.OpType.SET)));
        }
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
            var _ = admin.incrementalAlterConfigs(groups).all().get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("Cannot set the locks: " + e.getCause(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Cannot set the locks: interrupted", e);
        }
    }
}
