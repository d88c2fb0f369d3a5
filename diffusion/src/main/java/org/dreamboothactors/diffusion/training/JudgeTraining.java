package org.dreamboothactors.diffusion.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import org.dreamboothactors.diffusion.NonFiniteLoss;
import org.dreamboothactors.diffusion.images.RgbImage;
import org.dreamboothactors.diffusion.judging.Judge;
import org.dreamboothactors.diffusion.kernels.Gradients;
import org.dreamboothactors.diffusion.kernels.Kernels;
import org.dreamboothactors.diffusion.kernels.Tape;
import org.dreamboothactors.diffusion.kernels.Tape.Value;

/** Trains a judge from nothing. Owned by the thread of its kernels. */
public final class JudgeTraining {
    private final Kernels kernels;
    private final Judge judge;
    private final WeightUpdates updates;
    private final Ema ema;
    private long stepsDone;

    /**
     * What a step learns from.
     *
     * @param texts token ids, one row a text
     * @param truth picture by picture, for each text: 1 true, -1 false, 0 not to be counted
     * @param subjects number of the subject that each picture shows
     */
    @SuppressWarnings("ArrayRecordComponent") // numbers of one step, never compared
    public record Batch(List<RgbImage> pictures, List<long[]> texts, float[] truth, long[] subjects) {
        public Batch {
            pictures = List.copyOf(pictures);
            texts = List.copyOf(texts);
        }
    }

    /** Losses of a step: of pictures and texts, and of pictures and pictures. */
    public record Losses(double match, double identity) {}

    /** Both towers learn. */
    public JudgeTraining(
            Kernels kernels, Judge judge, Optimizer.Hyperparameters settings, double maxGradNorm, double emaDecay) {
        this.kernels = kernels;
        this.judge = judge;
        judge.weights().learn();
        judge.text().weights().learn();
        List<Optimizer> optimizers = List.of(
                Optimizer.of(OptimizerKind.ADAMW, kernels, judge.weights(), settings),
                Optimizer.of(OptimizerKind.ADAMW, kernels, judge.text().weights(), settings));
        ema = Ema.of(kernels, emaDecay, optimizers);
        updates = new WeightUpdates(kernels, optimizers, Optional.of(ema), maxGradNorm);
    }

    /** Steps done. */
    public long steps() {
        return stepsDone;
    }

    /** One step; throws {@link NonFiniteLoss} with the weights as they were. */
    public Losses step(Batch batch) {
        long step = stepsDone + 1;
        int pictures = batch.pictures().size();
        try (Tape tape = Tape.learning(kernels);
                NDManager scratch = kernels.manager().newSubManager()) {
            NDManager manager = tape.manager();
            Value features = judge.features(tape, AutoencoderTraining.planes(batch.pictures(), manager));
            Value match = judge.matchLoss(
                    tape,
                    judge.match(tape, features),
                    judge.texts(tape, batch.texts()),
                    manager.create(
                            batch.truth(), new Shape(pictures, batch.texts().size())));
            Value identity = judge.identityLoss(
                    tape,
                    judge.identity(tape, features),
                    manager.create(same(batch.subjects()), new Shape(pictures, pictures)));
            Value total = Judge.sum(tape, match, identity);
            Losses losses =
                    new Losses(match.array().getFloat(), identity.array().getFloat());
            if (!Double.isFinite(losses.match() + losses.identity())) {
                throw new NonFiniteLoss(step, losses.match() + losses.identity(), List.of());
            }
            Gradients gradients = new Gradients(scratch);
            tape.back(total, manager.ones(total.array().getShape()), gradients);
            double norm = updates.step(step, gradients.byName(), scratch);
            if (!Double.isFinite(norm)) {
                throw new NonFiniteLoss(step, norm, List.of());
            }
            stepsDone = step;
            return losses;
        }
    }

    /** A picture and itself do not count. */
    private static float[] same(long[] subjects) {
        int count = subjects.length;
        float[] signs = new float[count * count];
        for (int i = 0; i < count; i++) {
            for (int j = 0; j < count; j++) {
                if (i != j) {
                    signs[i * count + j] = subjects[i] == subjects[j] ? 1 : -1;
                }
            }
        }
        return signs;
    }

    /** The averaged weights, by part and name, which the finished judge has. */
    public SortedMap<String, NDArray> averages() {
        return ema.averages();
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
