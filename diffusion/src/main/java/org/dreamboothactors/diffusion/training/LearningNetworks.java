package org.dreamboothactors.diffusion.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.Function;
import org.dreamboothactors.diffusion.kernels.Gradients;
import org.dreamboothactors.diffusion.kernels.Kernels;
import org.dreamboothactors.diffusion.kernels.Tape;
import org.dreamboothactors.diffusion.kernels.Tape.Value;
import org.dreamboothactors.diffusion.models.UNet2DConditionModel;

/** The UNet, and on wish the text encoder, as the training step sees them. Owned by the thread of its kernels. */
public final class LearningNetworks implements Networks {
    private final Kernels kernels;
    private final UNet2DConditionModel unet;
    private final TextCondition text;
    private final WeightUpdates updates;
    private final int latentHeight;
    private final int latentWidth;
    private final Function<Kernels, Tape> tapes;
    private final int passesPerStep;
    private final Optional<RankedGradients> others;
    private int passes;
    private long stepsDone;
    /** Where gathered gradients lie; empty right after an update. */
    private Optional<Gathered> gathered = Optional.empty();

    private record Gathered(NDManager manager, Gradients gradients) {}

    /**
     * Networks that have done {@code stepsDone} steps.
     *
     * @param optimizers one a part that learns
     * @param maxGradNorm norm of all gradients together is brought down to this
     * @param ema averages of the weights; empty without
     * @param tapes {@link Tape#learning} or {@link Tape#checkpointing}
     * @param passesPerStep micro-batches of this rank before each update
     * @param others whom gradients are summed with; stays the caller's
     */
    public LearningNetworks(
            Kernels kernels,
            UNet2DConditionModel unet,
            TextCondition text,
            List<Optimizer> optimizers,
            int latentHeight,
            int latentWidth,
            double maxGradNorm,
            Optional<Ema> ema,
            Function<Kernels, Tape> tapes,
            int passesPerStep,
            Optional<RankedGradients> others,
            long stepsDone) {
        this.kernels = kernels;
        this.unet = unet;
        this.text = text;
        this.updates = new WeightUpdates(kernels, optimizers, ema, maxGradNorm);
        this.latentHeight = latentHeight;
        this.latentWidth = latentWidth;
        this.tapes = tapes;
        this.passesPerStep = passesPerStep;
        this.others = others;
        this.stepsDone = stepsDone;
    }

    @Override
    public Pass forward(float[] noisy, int[] timesteps) {
        Tape tape = tapes.apply(kernels);
        NDManager scratch = tape.manager();
        NDArray sample = scratch.create(noisy, unet.latents(timesteps.length, latentHeight, latentWidth));
        long[] times = new long[timesteps.length];
        for (int i = 0; i < times.length; i++) {
            times[i] = timesteps[i];
        }
        Value prediction = unet.forward(tape, sample, scratch.create(times), text.of(tape));
        return new Recorded(tape, prediction);
    }

    /** Weights that learn, by part and name. */
    public SortedMap<String, NDArray> weights() {
        return updates.weights();
    }

    /** Weights, moments and averages: all that the next step depends on, beside its number. */
    public SortedMap<String, NDArray> state() {
        return updates.state();
    }

    @Override
    public double update() {
        Gathered found = gathered.orElseThrow(
                () -> new IllegalStateException("Cannot update the weights: no gradients were gathered"));
        others.ifPresent(RankedGradients::finish);
        double norm = updates.step(stepsDone + 1, found.gradients().byName(), found.manager());
        if (Double.isFinite(norm)) { // otherwise the weights stay; the step reports it
            stepsDone++;
        }
        forget();
        return norm;
    }

    @Override
    public int ranks() {
        return others.map(RankedGradients::count).orElse(1);
    }

    @Override
    public double[] overRanks(double... mine) {
        return others.map(ranks -> ranks.means(mine)).orElse(mine);
    }

    @Override
    public void forget() {
        passes = 0;
        others.ifPresent(RankedGradients::forget); // before their memory is
        gathered.ifPresent(found -> found.manager().close());
        gathered = Optional.empty();
    }

    private Gradients gathering() {
        if (gathered.isEmpty()) {
            NDManager manager = kernels.manager().newSubManager();
            gathered = Optional.of(new Gathered(manager, new Gradients(manager)));
        }
        return gathered.get().gradients();
    }

    private final class Recorded implements Pass {
        private final Tape tape;
        private final Value output;
        private final float[] prediction;

        Recorded(Tape tape, Value output) {
            this.tape = tape;
            this.output = output;
            this.prediction = output.array().toFloatArray();
        }

        @Override
        public float[] prediction() {
            return prediction;
        }

        @Override
        public void back(float[] gradient) {
            Gradients into = gathering();
            passes++;
            if (passes == passesPerStep) {
                others.ifPresent(ranks -> into.areWholeNow(ranks::take));
            }
            tape.back(output, tape.manager().create(gradient, output.array().getShape()), into);
        }

        @Override
        public void close() {
            tape.close();
        }
    }
}
