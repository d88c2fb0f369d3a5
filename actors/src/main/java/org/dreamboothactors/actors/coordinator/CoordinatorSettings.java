package org.dreamboothactors.actors.coordinator;

import org.dreamboothactors.actors.turns.Belongings;
import org.dreamboothactors.actors.turns.TenantLimits;
import org.dreamboothactors.actors.turns.Turns;
import org.dreamboothactors.actors.turns.Usages;
import org.dreamboothactors.actors.work.BaseModels;
import org.dreamboothactors.protocol.KafkaConnection;
import org.dreamboothactors.storage.ArtifactStore;

/**
 * What a coordinator is told from outside.
 *
 * @param store where all lies that runs have
 * @param models that runs may ask for
 * @param defaultBaseModel taken when a run names none
 * @param classImageGroupSize class images that are made together
 * @param turns who of all runs gets a trainer next
 * @param usages what tenants have
 * @param belongings what runs have in the store
 * @param limits what a tenant may have
 */
public record CoordinatorSettings(
        KafkaConnection kafka,
        ArtifactStore store,
        BaseModels models,
        String defaultBaseModel,
        int classImageGroupSize,
        Turns turns,
        Usages usages,
        Belongings belongings,
        TenantLimits limits) {}
