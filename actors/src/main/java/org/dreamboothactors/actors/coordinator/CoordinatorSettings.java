package org.dreamboothactors.actors.coordinator;

import org.dreamboothactors.actors.turns.TenantLimits;
import org.dreamboothactors.actors.turns.Turns;
import org.dreamboothactors.actors.turns.Usages;
import org.dreamboothactors.actors.work.BaseModels;
import org.dreamboothactors.protocol.KafkaConnection;

/**
 * What a coordinator is told from outside.
 *
 * @param bucket where checkpoints lie
 * @param models that runs may ask for
 * @param defaultBaseModel taken when a run names none
 * @param classImageGroupSize class images that are made together
 * @param turns who of all runs gets a trainer next
 * @param usages what tenants have
 * @param limits what a tenant may have
 */
public record CoordinatorSettings(
        KafkaConnection kafka,
        String bucket,
        BaseModels models,
        String defaultBaseModel,
        int classImageGroupSize,
        Turns turns,
        Usages usages,
        TenantLimits limits) {}
