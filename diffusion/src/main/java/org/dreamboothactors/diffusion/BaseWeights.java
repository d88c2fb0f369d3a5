package org.dreamboothactors.diffusion;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.dreamboothactors.diffusion.kernels.Arithmetic;
import org.dreamboothactors.diffusion.kernels.Kernels;
import org.dreamboothactors.diffusion.models.AutoencoderKL;
import org.dreamboothactors.diffusion.models.CLIPTextModel;
import org.dreamboothactors.diffusion.models.UNet2DConditionModel;
import org.dreamboothactors.diffusion.weights.StoredWeights;
import org.dreamboothactors.diffusion.weights.Weights;

/**
 * The weights of a diffusers folder that nobody changes, each part read when it is first wanted. One that is kept serves
 * whatever is opened over it one after the other: what encodes and draws, and trainers of adapters.
 *
 * <p>Owned by the thread that opened it, and closed after all that was opened over it.
 */
public final class BaseWeights implements AutoCloseable {
    private static final Map<String, Function<Path, StoredWeights>> STORED = Map.of(
            UNet2DConditionModel.PART, UNet2DConditionModel::stored,
            CLIPTextModel.PART, CLIPTextModel::stored,
            AutoencoderKL.PART, AutoencoderKL::stored);

    private final Path folder;
    private final Kernels kernels;
    private final boolean kept;
    private final Map<String, Weights> parts = new HashMap<>();

    private BaseWeights(Path folder, Kernels kernels, boolean kept) {
        this.folder = folder;
        this.kernels = kernels;
        this.kept = kept;
    }

    /** One whose parts stay in memory. */
    public static BaseWeights keep(Path folder, int threads) {
        return new BaseWeights(folder, Kernels.open(threads), true);
    }

    /** One whose parts are freed as soon as they are {@link #done}, or with {@code kernels}. */
    static BaseWeights once(Path folder, Kernels kernels) {
        return new BaseWeights(folder, kernels, false);
    }

    /** A diffusers folder. */
    public Path folder() {
        return folder;
    }

    /** A part's own folder. */
    Path folder(String part) {
        return folder.resolve(part);
    }

    /** A part as blocks compute with it, in one form at a time: in another it is read again, and the first one is freed. */
    Weights part(String part, Arithmetic wanted) {
        Optional<Weights> there = Optional.ofNullable(parts.get(part))
                .filter(held -> held.arithmetic().holdsAs(wanted));
        Weights held = there.orElseGet(() -> {
            free(part);
            Weights read = stored(part).load(wanted, kernels);
            parts.put(part, read);
            return read;
        });
        return new Weights(part, held.byName(), wanted);
    }

    /** In fp32, as texts are encoded in any case. */
    CLIPTextModel textEncoder(Kernels on) {
        return CLIPTextModel.over(folder(CLIPTextModel.PART), part(CLIPTextModel.PART, Arithmetic.PLAIN), on);
    }

    UNet2DConditionModel unet(Arithmetic arithmetic, Kernels on) {
        return UNet2DConditionModel.over(
                folder(UNet2DConditionModel.PART), part(UNet2DConditionModel.PART, arithmetic), on);
    }

    AutoencoderKL vae(Kernels on) {
        return AutoencoderKL.over(folder(AutoencoderKL.PART), part(AutoencoderKL.PART, Arithmetic.PLAIN), on);
    }

    /** A part as the folder has it, not yet in memory. */
    StoredWeights stored(String part) {
        return Objects.requireNonNull(STORED.get(part), part).apply(folder(part));
    }

    /** The part is not needed for now: it is freed where it is not kept. */
    void done(String part) {
        if (!kept) {
            free(part);
        }
    }

    private void free(String part) {
        Optional.ofNullable(parts.remove(part)).ifPresent(Weights::free);
    }

    @Override
    public void close() {
        parts.values().forEach(Weights::free);
        parts.clear();
        if (kept) {
            kernels.close();
        }
    }
}
