package org.dreamboothactors.actors;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.dreamboothactors.actors.device.DeviceName;
import org.dreamboothactors.actors.turns.TenantLimits;
import org.dreamboothactors.protocol.KafkaConnection;
import org.dreamboothactors.storage.StoreSettings;

/**
 * Everything a node of the service is told from outside.
 *
 * @param kafka the cluster
 * @param store the artifact store
 * @param workDirectory scratch space and caches of this node; may be lost at any time
 * @param baseModels diffusers folders by the name that requests use
 * @param judges folders of models that judge what is trained from a base model, by its name
 * @param defaultBaseModel name taken when a request gives none
 * @param devices one child JVM each
 * @param threadsPerDevice libtorch threads of a CPU device; part of the environment that fixes a run's bits
 * @param classImageGroupSize pictures made together; part of a class image's identity
 * @param trainSlice how long a run trains before other work of the device gets its turn
 * @param maxCommitInterval work at risk in a crash, at most
 * @param stopPatience for a trainer's step and its commit, when the node is told to stop
 * @param limits what a tenant may have
 * @param dashboardHost address the dashboard listens on
 * @param dashboardNames that browsers reach it by beside that address
 * @param dashboardPort 0 takes a free one
 * @param dashboardToken required from every visitor
 */
public record ServiceSettings(
        KafkaConnection kafka,
        StoreSettings store,
        Path workDirectory,
        Map<String, Path> baseModels,
        Map<String, Path> judges,
        String defaultBaseModel,
        List<DeviceName> devices,
        int threadsPerDevice,
        int classImageGroupSize,
        Duration trainSlice,
        Duration maxCommitInterval,
        Duration stopPatience,
        TenantLimits limits,
        String dashboardHost,
        List<String> dashboardNames,
        int dashboardPort,
        String dashboardToken) {
    public ServiceSettings {
        baseModels = Map.copyOf(baseModels);
        judges = Map.copyOf(judges);
        devices = List.copyOf(devices);
        dashboardNames = List.copyOf(dashboardNames);
    }
}
