package org.dreamboothactors.diffusion.judging;

import ai.djl.ndarray.NDArray;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.dreamboothactors.diffusion.kernels.Block;
import org.dreamboothactors.diffusion.kernels.Kernels;
import org.dreamboothactors.diffusion.kernels.Tape;
import org.dreamboothactors.diffusion.kernels.Tape.Value;
import org.dreamboothactors.diffusion.models.CLIPTextModel;
import org.dreamboothactors.diffusion.weights.ExpectedShapes;
import org.dreamboothactors.diffusion.weights.StoredWeights;
import org.dreamboothactors.diffusion.weights.Weights;

/**
 * An image tower and a text tower whose embeddings lie together where a text is true of a picture (SigLIP, Zhai et al.
 * 2023), and a second embedding of pictures that lies together where they show the same subject.
 *
 * <p>Embeddings have length 1; their dot products are compared with each other, not with a constant. Lives as long as its
 * kernels, on their thread.
 */
public final class Judge {
    /** Folder of the image tower and the heads. */
    public static final String PART = "image_tower";

    private final JudgeConfig config;
    private final Weights weights;
    private final CLIPTextModel text;
    private final List<Block> tower = new ArrayList<>();
    private final Block match;
    private final Block identity;
    private final Block textHead;
    private final Block matchLoss;
    private final Block identityLoss;

    private Judge(JudgeConfig config, Weights weights, CLIPTextModel text, Kernels kernels) {
        this.config = config;
        this.weights = weights;
        this.text = text;
        NDArray groups = kernels.number(config.normGroups());
        for (int i = 0; i < config.channels().size(); i++) {
            tower.add(weights.block("judge_stage", "stages." + i + ".", groups));
            if (i > 0) { // the first is large and sees edges only
                tower.add(weights.block("vae_resnet", "resnets." + i + ".", groups));
            }
        }
        match = weights.block("judge_head", "match.");
        identity = weights.block("judge_head", "identity.");
        textHead = weights.layers("text_head", "", List.of("text_head."));
        matchLoss = weights.block("pair_loss", "match_loss.");
        identityLoss = weights.block("own_pair_loss", "identity_loss.");
    }

    /** Loads a folder with {@code image_tower} and {@code text_encoder}. */
    public static Judge load(Path folder, Kernels kernels) {
        JudgeConfig config = JudgeConfig.read(folder.resolve(PART));
        Weights weights = StoredWeights.of(folder.resolve(PART), PART, shapes(config), UnaryOperator.identity())
                .load(kernels);
        return new Judge(config, weights, CLIPTextModel.load(folder.resolve(CLIPTextModel.PART), kernels), kernels);
    }

    /** Every parameter of an image tower of this configuration. */
    public static ExpectedShapes shapes(JudgeConfig config) {
        ExpectedShapes shapes = new ExpectedShapes();
        int in = 3;
        for (int i = 0; i < config.channels().size(); i++) {
            int out = config.channels().get(i);
            shapes.conv("stages." + i + ".conv", in, out, 3);
            shapes.norm("stages." + i + ".norm", out);
            if (i > 0) {
                shapes.norm("resnets." + i + ".norm1", out);
                shapes.conv("resnets." + i + ".conv1", out, out, 3);
                shapes.norm("resnets." + i + ".norm2", out);
                shapes.conv("resnets." + i + ".conv2", out, out, 3);
            }
            in = out;
        }
        long features = (long) in * config.lastSide() * config.lastSide();
        shapes.linear("match.head", features, config.width());
        shapes.linear("identity.head", features, config.width());
        shapes.linear("text_head", config.textWidth(), config.width());
        shapes.norm("match_loss.logit", 1);
        shapes.norm("identity_loss.logit", 1);
        return shapes;
    }

    public JudgeConfig config() {
        return config;
    }

    /** Of the image tower and the heads. */
    public Weights weights() {
        return weights;
    }

    public CLIPTextModel text() {
        return text;
    }

    /** Pictures (B, 3, side, side) in [-1, 1] as features for {@link #match} and {@link #identity}. */
    public Value features(Tape tape, NDArray pictures) {
        Value x = tape.input(pictures);
        for (Block block : tower) {
            x = tape.run(block, x);
        }
        return x;
    }

    /** What pictures show, (B, E). */
    public Value match(Tape tape, Value features) {
        return tape.run(match, features);
    }

    /** Whom pictures show, (B, E). */
    public Value identity(Tape tape, Value features) {
        return tape.run(identity, features);
    }

    /** What texts say, (B, E); {@code ids} has one row a text. */
    public Value texts(Tape tape, List<long[]> ids) {
        return text.pooled(tape, ids, textHead);
    }

    /** Loss of embeddings whose texts are true (1), false (-1) or not to be counted (0) of pictures, (A, B). */
    public Value matchLoss(Tape tape, Value pictures, Value texts, NDArray signs) {
        return tape.run(matchLoss, pictures, texts, tape.input(signs));
    }

    /** The same for pictures among themselves: the same subject or another. */
    public Value identityLoss(Tape tape, Value pictures, NDArray signs) {
        return tape.run(identityLoss, pictures, tape.input(signs));
    }

    /** Both losses together. */
    public static Value sum(Tape tape, Value one, Value other) {
        return tape.run(new Block("sum_of", "", Map.of(), List.of()), one, other);
    }
}
