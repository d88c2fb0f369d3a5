package org.dreamboothactors.diffusion;

import ai.djl.ndarray.NDArray;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import org.dreamboothactors.diffusion.images.Crop;
import org.dreamboothactors.diffusion.images.Png;
import org.dreamboothactors.diffusion.kernels.Arithmetic;
import org.dreamboothactors.diffusion.kernels.Kernels;
import org.dreamboothactors.diffusion.kernels.Tape;
import org.dreamboothactors.diffusion.lora.AddedLora;
import org.dreamboothactors.diffusion.lora.LoraMerge;
import org.dreamboothactors.diffusion.models.AutoencoderKL;
import org.dreamboothactors.diffusion.models.CLIPTextConfig;
import org.dreamboothactors.diffusion.models.CLIPTextModel;
import org.dreamboothactors.diffusion.models.UNet2DConditionModel;
import org.dreamboothactors.diffusion.sampling.ModelEasel;
import org.dreamboothactors.diffusion.sampling.Painter;
import org.dreamboothactors.diffusion.schedulers.SchedulerSettings;
import org.dreamboothactors.diffusion.tokenizer.ClipTokenizer;
import org.dreamboothactors.diffusion.weights.Safetensors;
import org.dreamboothactors.diffusion.weights.pickle.LatentFile;

/**
 * A diffusers folder in memory that encodes and draws. Owned by the thread that opened it; closing frees its weights,
 * where they are not those of {@link BaseWeights}.
 */
public final class StableDiffusion implements AutoCloseable {
    private final ClipTokenizer tokenizer;
    private final SchedulerSettings scheduler;
    private final ModelEasel easel;

    private StableDiffusion(ClipTokenizer tokenizer, SchedulerSettings scheduler, ModelEasel easel) {
        this.tokenizer = tokenizer;
        this.scheduler = scheduler;
        this.easel = easel;
    }

    /**
     * Loads every part; throws {@link IllegalArgumentException} or {@link UnsupportedOperationException} for a folder
     * this project cannot use, naming the part.
     *
     * @param threads that one operation may use
     */
    public static StableDiffusion open(Path model, int threads) {
        return open(model, threads, ComputePrecision.FP32, Optional.empty());
    }

    /**
     * The same, drawing in another precision and with adapters added to the weights; one that they have no place for is
     * refused too. Texts and what is encoded are fp32 in any case.
     */
    public static StableDiffusion open(Path model, int threads, ComputePrecision precision, Optional<AddedLora> lora) {
        return open(
                model,
                threads,
                precision,
                (kernels, arithmetic) -> lora.isPresent()
                        ? Models.with(lora.get(), model, arithmetic, kernels)
                        : Models.over(BaseWeights.once(model, kernels), arithmetic, kernels));
    }

    /** The same over weights that are kept; they are not freed with this. */
    public static StableDiffusion open(BaseWeights base, int threads, ComputePrecision precision) {
        return open(base.folder(), threads, precision, (kernels, arithmetic) -> Models.over(base, arithmetic, kernels));
    }

    private record Models(CLIPTextModel text, UNet2DConditionModel unet, AutoencoderKL vae) {
        static Models over(BaseWeights base, Arithmetic arithmetic, Kernels kernels) {
            return new Models(base.textEncoder(kernels), base.unet(arithmetic, kernels), base.vae(kernels));
        }

        static Models with(AddedLora lora, Path model, Arithmetic arithmetic, Kernels kernels) {
            CLIPTextModel text = CLIPTextModel.load(model.resolve(CLIPTextModel.PART), kernels);
            UNet2DConditionModel unet =
                    UNet2DConditionModel.load(model.resolve(UNet2DConditionModel.PART), kernels, weights -> {
                        LoraMerge.into(List.of(text.weights(), weights), lora, kernels);
                        return weights.computing(arithmetic, kernels);
                    });
            return new Models(text, unet, AutoencoderKL.load(model.resolve(AutoencoderKL.PART), kernels));
        }
    }

    private static StableDiffusion open(
            Path model, int threads, ComputePrecision precision, BiFunction<Kernels, Arithmetic, Models> loading) {
        SchedulerSettings scheduler = scheduler(model);
        ClipTokenizer tokenizer = tokenizer(model);
        Kernels kernels = Kernels.open(threads);
        try {
            Arithmetic arithmetic = Compute.PLAIN
                    .in(DecidedPrecision.of(precision, kernels, threads).precision())
                    .arithmetic();
            Models loaded = loading.apply(kernels, arithmetic);
            ModelEasel easel = new ModelEasel(kernels, tokenizer::ids, loaded.text(), loaded.unet(), loaded.vae());
            return new StableDiffusion(tokenizer, scheduler, easel);
        } catch (RuntimeException e) {
            tokenizer.close();
            kernels.close();
            throw e;
        }
    }

    static ClipTokenizer tokenizer(Path model) {
        int known = CLIPTextConfig.read(model.resolve(CLIPTextModel.PART)).vocabSize();
        return ClipTokenizer.open(model.resolve("tokenizer"), known);
    }

    static SchedulerSettings scheduler(Path model) {
        return SchedulerSettings.read(model.resolve("scheduler").resolve("scheduler_config.json"));
    }

    /**
     * Writes the VAE moments of a clean picture as safetensors: one tensor {@code moments} (2 C, H/f, W/f), means first.
     */
    public void encode(Path png, Path moments, Crop crop) {
        try (Tape tape = Tape.forward(easel.kernels())) {
            NDArray encoded = new PictureEncoder(easel.kernels(), easel.vae()).moments(crop.apply(Png.read(png)), tape);
            Safetensors.write(Map.of(LatentFile.MOMENTS, encoded), Map.of(), moments);
        }
    }

    /** Writes picture i of {@code drawing} to {@code <i>.png} in {@code folder}. */
    public void draw(Drawing drawing, Path folder, ProgressListener listener) {
        easel.whileDrawing(lent -> new Painter(lent, scheduler).draw(drawing, folder, listener));
    }

    @Override
    public void close() {
        tokenizer.close();
        easel.kernels().close();
    }
}
