package org.dreamboothactors.deploy.commands;

import org.dreamboothactors.protocol.v1.SampleRequest;
import org.dreamboothactors.protocol.v1.StoredObject;
import org.dreamboothactors.storage.Sha256;

/** Tells pictures of one model and seed apart by what else decides them. */
final class PictureRecipe {
    private static final int DIGITS = 8;

    private PictureRecipe() {}

    /** Digits that are others for another prompt, sampler, size or LoRA. */
    static String of(SampleRequest request, String prompt) {
        SampleRequest.Builder recipe = SampleRequest.newBuilder()
                .addPrompts(prompt)
                .setSampling(request.getSampling().toBuilder().clearBatchSize()); // which changes last digits alone
        if (request.hasLora()) {
            recipe.getLoraBuilder()
                    .setFile(StoredObject.newBuilder()
                            .setSha256(request.getLora().getFile().getSha256()))
                    .setWeight(request.getLora().getWeight());
        }
        return Sha256.of(recipe.build().toByteArray()).substring(0, DIGITS);
    }
}
