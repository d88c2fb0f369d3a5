package org.dreamboothactors.actors.device;

import java.nio.file.Path;
import java.util.Optional;
import org.dreamboothactors.diffusion.BaseWeights;

/** The weights of at most one base model, kept for what is opened next. One thread. */
final class KeptBase {
    private final int threads;
    private Optional<BaseWeights> base = Optional.empty();

    KeptBase(int threads) {
        this.threads = threads;
    }

    /** Those of this diffusers folder; others are freed, so nothing may be open over them. */
    BaseWeights of(Path model) {
        if (!base.map(BaseWeights::folder).equals(Optional.of(model))) {
            free();
        }
        BaseWeights kept = base.orElseGet(() -> BaseWeights.keep(model, threads));
        base = Optional.of(kept);
        return kept;
    }

    /** Nothing may be open over them. */
    void free() {
        Optional<BaseWeights> before = base;
        base = Optional.empty();
        before.ifPresent(BaseWeights::close);
    }
}
