package org.dreamboothactors.diffusion.models;

import ai.djl.ndarray.NDArray;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.dreamboothactors.diffusion.kernels.Block;
import org.dreamboothactors.diffusion.kernels.Kernels;
import org.dreamboothactors.diffusion.kernels.Tape;
import org.dreamboothactors.diffusion.kernels.Tape.Value;
import org.dreamboothactors.diffusion.weights.ExpectedShapes;
import org.dreamboothactors.diffusion.weights.StoredWeights;
import org.dreamboothactors.diffusion.weights.Weights;

/**
 * Both towers of {@code CLIPModel} of transformers (Radford et al. 2021), for looking and reading, not for learning.
 *
 * <p>Lives as long as its kernels, on their thread.
 */
public final class CLIPModel {
    private static final String PART = "clip";
    private static final String VISION = "vision_model.";

    private final CLIPTextModel text;
    private final CLIPVisionConfig vision;
    private final Block textHead;
    private final Block embeddings;
    private final Block firstNorm;
    private final List<Block> layers = new ArrayList<>();
    private final Block head;

    private CLIPModel(CLIPTextConfig textConfig, CLIPVisionConfig vision, Weights weights, Kernels kernels) {
        this.vision = vision;
        text = CLIPTextModel.of(textConfig, weights, kernels);
        textHead = weights.layers("clip_text_head", "", List.of("text_projection."));
        NDArray eps = kernels.number(vision.layerNormEps());
        NDArray heads = kernels.number(vision.heads());
        NDArray quick = kernels.number(vision.quickGelu() ? 1 : 0);
        embeddings = weights.block("image_embeddings", VISION + "embeddings.");
        firstNorm = weights.layers("image_norm", VISION, List.of("pre_layrnorm."), eps);
        for (int i = 0; i < vision.layers(); i++) {
            layers.add(weights.block("image_layer", VISION + "encoder.layers." + i + ".", heads, quick, eps));
        }
        head = weights.layers("image_head", "", List.of(VISION + "post_layernorm.", "visual_projection."), eps);
    }

    /** Loads a folder with {@code config.json} and safetensors. */
    public static CLIPModel load(Path folder, Kernels kernels) {
        ConfigFile config = ConfigFile.in(folder);
        config.choice("model_type", "clip");
        CLIPTextConfig text = CLIPTextConfig.read(config.part("text_config"));
        CLIPVisionConfig vision = CLIPVisionConfig.read(config.part("vision_config"));
        ExpectedShapes shapes = shapes(text, vision, config.number("projection_dim", 512));
        Weights weights =
                StoredWeights.of(folder, PART, shapes, UnaryOperator.identity()).load(kernels);
        return new CLIPModel(text, vision, weights, kernels);
    }

    private static ExpectedShapes shapes(CLIPTextConfig text, CLIPVisionConfig vision, int projection) {
        ExpectedShapes shapes = CLIPTextModel.shapes(text);
        int c = vision.hiddenSize();
        shapes.vector(VISION + "embeddings.class_embedding", c);
        shapes.plainConv(VISION + "embeddings.patch_embedding", 3, c, vision.patchSize());
        shapes.embedding(VISION + "embeddings.position_embedding", vision.states(), c);
        shapes.norm(VISION + "pre_layrnorm", c); // their spelling
        for (int i = 0; i < vision.layers(); i++) {
            CLIPTextModel.layer(shapes, VISION + "encoder.layers." + i + ".", c, vision.intermediateSize());
        }
        shapes.norm(VISION + "post_layernorm", c);
        shapes.plainLinear("visual_projection", c, projection);
        shapes.plainLinear("text_projection", text.hiddenSize(), projection);
        shapes.scalar("logit_scale");
        return shapes;
    }

    /** Of the squares that {@link #pictures} takes, in pixels. */
    public int imageSize() {
        return vision.imageSize();
    }

    /**
     * What pictures show.
     *
     * @param planes (B, 3, S, S), as the model's processor normalises them
     * @return (B, E), rows of length 1
     */
    public Value pictures(Tape tape, NDArray planes) {
        Value x = tape.run(embeddings, tape.input(planes)); // (B, N, C)
        x = tape.run(firstNorm, x);
        for (Block layer : layers) {
            x = tape.then(layer, x);
        }
        return tape.run(head, x);
    }

    /**
     * What texts say.
     *
     * @param ids one row a text
     * @return (B, E), rows of length 1
     */
    public Value texts(Tape tape, List<long[]> ids) {
        return text.pooled(tape, ids, textHead);
    }
}
