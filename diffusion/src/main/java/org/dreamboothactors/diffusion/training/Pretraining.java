package org.dreamboothactors.diffusion.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.dreamboothactors.diffusion.NonFiniteLoss;
import org.dreamboothactors.diffusion.kernels.Gradients;
import org.dreamboothactors.diffusion.kernels.Kernels;
import org.dreamboothactors.diffusion.kernels.Tape;
import org.dreamboothactors.diffusion.kernels.Tape.Value;
import org.dreamboothactors.diffusion.models.CLIPTextModel;
import org.dreamboothactors.diffusion.models.UNet2DConditionModel;

/**
 * Trains UNet and text encoder together from nothing, on latents and captions (DDPM, Ho et al. 2020, algorithm 1). Owned
 * by the thread of its kernels.
 */
public final class Pretraining {
    private final Kernels kernels;
    private final UNet2DConditionModel unet;
    private final CLIPTextModel text;
    private final Objective objective;
    private final WeightUpdates updates;
    private final Ema ema;
    private long stepsDone;

    /**
     * What a step learns from, samples one after the other.
     *
     * @param latents scaled as the UNet expects, of {@code side} x {@code side}
     * @param noise standard normal, of the latents' size
     * @param timesteps one a sample
     * @param captions token ids, one row a sample
     */
    @SuppressWarnings("ArrayRecordComponent") // tensors of one step, never compared
    public record Batch(float[] latents, float[] noise, int[] timesteps, List<long[]> captions, int side) {
        public Batch {
            captions = List.copyOf(captions);
        }
    }

    /**
     * All of both models learns.
     *
     * @param emaDecay largest share of the past that the averages keep
     */
    public Pretraining(
            Kernels kernels,
            UNet2DConditionModel unet,
            CLIPTextModel text,
            Objective objective,
            Optimizer.Hyperparameters settings,
            double maxGradNorm,
            double emaDecay) {
        this.kernels = kernels;
        this.unet = unet;
        this.text = text;
        this.objective = objective;
        unet.weights().learn();
        text.weights().learn();
        List<Optimizer> optimizers = List.of(
                Optimizer.of(OptimizerKind.ADAMW, kernels, unet.weights(), settings),
                Optimizer.of(OptimizerKind.ADAMW, kernels, text.weights(), settings));
        ema = Ema.of(kernels, emaDecay, optimizers);
        updates = new WeightUpdates(kernels, optimizers, Optional.of(ema), maxGradNorm);
    }

    /** Steps done. */
    public long steps() {
        return stepsDone;
    }

    /** One step; returns its loss, or throws {@link NonFiniteLoss} with the weights as they were. */
    public double step(Batch batch) {
        long step = stepsDone + 1;
        try (Tape tape = Tape.learning(kernels);
                NDManager scratch = kernels.manager().newSubManager()) {
            Value prediction = predict(tape, batch);
            float[] target = objective.target(
                    batch.latents(), new StepInputs(new float[0], new float[0], batch.noise(), batch.timesteps()));
            DreamBoothLoss loss = objective.loss(prediction.array().toFloatArray(), target, batch.timesteps());
            if (!Double.isFinite(loss.total())) {
                throw new NonFiniteLoss(step, loss.total(), List.of());
            }
            Gradients gradients = new Gradients(scratch);
            NDArray upstream =
                    tape.manager().create(loss.gradient(), prediction.array().getShape());
            tape.back(prediction, upstream, gradients);
            double norm = updates.step(step, gradients.byName(), scratch);
            if (!Double.isFinite(norm)) {
                throw new NonFiniteLoss(step, norm, List.of());
            }
            stepsDone = step;
            return loss.total();
        }
    }

    private Value predict(Tape tape, Batch batch) {
        NDManager manager = tape.manager();
        float[] noisy = objective.schedule().addNoise(batch.latents(), batch.noise(), batch.timesteps());
        long[] timesteps = new long[batch.timesteps().length];
        for (int i = 0; i < timesteps.length; i++) {
            timesteps[i] = batch.timesteps()[i];
        }
        NDArray sample = manager.create(noisy, unet.latents(timesteps.length, batch.side(), batch.side()));
        Value context = text.forward(tape, manager.create(batch.captions().toArray(long[][]::new)));
        return unet.forward(tape, sample, manager.create(timesteps), context);
    }

    /** The averaged weights, which the finished models have. */
    public Ema ema() {
        return ema;
    }

    /** Writes all that the next step depends on, whole or not at all. */
    public void save(Path file) {
        SavedState.write(updates.state(), stepsDone, file);
    }

    /** Goes on from what {@link #save} wrote. */
    public void restore(Path file) {
        stepsDone = SavedState.restore(file, updates.state(), kernels);
    }
}
