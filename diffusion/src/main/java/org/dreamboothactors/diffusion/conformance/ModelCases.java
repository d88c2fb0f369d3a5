package org.dreamboothactors.diffusion.conformance;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.dreamboothactors.diffusion.Compute;
import org.dreamboothactors.diffusion.kernels.Gradients;
import org.dreamboothactors.diffusion.kernels.Kernels;
import org.dreamboothactors.diffusion.kernels.Tape;
import org.dreamboothactors.diffusion.kernels.Tape.Value;
import org.dreamboothactors.diffusion.models.AutoencoderKL;
import org.dreamboothactors.diffusion.models.CLIPTextModel;
import org.dreamboothactors.diffusion.models.UNet2DConditionModel;
import org.dreamboothactors.diffusion.weights.Weights;

/** Cases of one model each: its outputs, and where it can learn the gradients of its parameters. */
final class ModelCases {
    private static final String GRADIENT = "out.grad.";

    private ModelCases() {}

    static void textEncoder(CaseFolder reference, Comparison compare) {
        try (Kernels kernels = kernels()) {
            CLIPTextModel model = CLIPTextModel.load(reference.folder("model"), kernels);
            model.weights().learn();
            try (Tape tape = Tape.learning(kernels)) {
                NDArray ids = tape.manager()
                        .create(reference.tensor("in.input_ids").longs(), shape(reference, "in.input_ids"));
                Value skipped = model.forwardSkipping(tape, ids, 1);
                compare.output(
                        "penultimate_normed",
                        skipped.array().toFloatArray(),
                        reference.tensor("out.penultimate_normed"));
            }
            try (Tape tape = Tape.learning(kernels)) {
                NDArray ids = tape.manager()
                        .create(reference.tensor("in.input_ids").longs(), shape(reference, "in.input_ids"));
                Value hidden = model.forward(tape, ids);
                float[] states = hidden.array().toFloatArray();
                compare.output("last_hidden_state", states, reference.tensor("out.last_hidden_state"));
                compare.output(
                        "pooler_output",
                        pooled(states, rows(reference.tensor("in.input_ids")), model),
                        reference.tensor("out.pooler_output"));
                gradients(reference, compare, tape, hidden, CLIPTextModel.PART + ".");
            }
        }
    }

    /** The state at the end of each text, where the product itself sees it. */
    private static float[] pooled(float[] states, List<long[]> texts, CLIPTextModel model) {
        int length = texts.getFirst().length;
        int width = states.length / texts.size() / length;
        float[] pooled = new float[texts.size() * width];
        for (int b = 0; b < texts.size(); b++) {
            System.arraycopy(states, (b * length + model.end(texts.get(b))) * width, pooled, b * width, width);
        }
        return pooled;
    }

    static void unet(CaseFolder reference, Compute compute, Comparison compare) {
        try (Kernels kernels = kernels()) {
            UNet2DConditionModel model = UNet2DConditionModel.load(
                    reference.folder("model"), kernels, weights -> learning(weights, compute, kernels));
            try (Tape tape = Tape.learning(kernels)) {
                NDManager manager = tape.manager();
                Value context = tape.input(array(manager, reference, "in.encoder_hidden_states"));
                NDArray timesteps =
                        manager.create(reference.tensor("in.timestep").longs());
                Value sample = model.forward(tape, array(manager, reference, "in.sample"), timesteps, context);
                compare.output("sample", sample.array().toFloatArray(), reference.tensor("out.sample"));
                gradients(reference, compare, tape, sample, UNet2DConditionModel.PART + ".");
            }
        }
    }

    /** All of {@code weights} learn, and are computed with as {@code compute} says. */
    static Weights learning(Weights weights, Compute compute, Kernels kernels) {
        weights.learn();
        return weights.computing(compute.arithmetic(), kernels);
    }

    static void vae(CaseFolder reference, Comparison compare) {
        try (Kernels kernels = kernels();
                Tape tape = Tape.forward(kernels)) {
            AutoencoderKL model = AutoencoderKL.load(reference.folder("model"), kernels);
            NDArray moments = model.encode(tape, array(tape.manager(), reference, "in.image"))
                    .array();
            compare.output("moments", moments.toFloatArray(), reference.tensor("out.moments"));
            NDArray image = model.decode(tape, array(tape.manager(), reference, "in.latents"))
                    .array();
            compare.output("image", image.toFloatArray(), reference.tensor("out.image"));
        }
    }

    /** Gradients of mean(output * loss_weights) with respect to every parameter of the case. */
    private static void gradients(CaseFolder reference, Comparison compare, Tape tape, Value output, String part) {
        float[] upstream = reference.tensor("in.loss_weights").floats();
        for (int i = 0; i < upstream.length; i++) {
            upstream[i] /= upstream.length;
        }
        try (NDManager owner = tape.manager().newSubManager()) {
            Gradients gradients = new Gradients(owner);
            tape.back(output, owner.create(upstream, output.array().getShape()), gradients);
            for (String name : reference.tensors().tailMap(GRADIENT).keySet()) {
                if (!name.startsWith(GRADIENT)) {
                    break;
                }
                compare.trained(
                        name, gradient(gradients, part, name.substring(GRADIENT.length())), reference.tensor(name));
            }
        }
    }

    /** transformers 5 leaves out the prefix of a text encoder's parameters. */
    private static float[] gradient(Gradients gradients, String part, String name) {
        for (String candidate : List.of(part + name, part + "text_model." + name)) {
            NDArray gradient = gradients.byName().get(candidate);
            if (gradient != null) {
                return gradient.toFloatArray();
            }
        }
        throw new IllegalArgumentException("the reverse pass gave no gradient of " + name);
    }

    static Kernels kernels() {
        return Kernels.open(Runtime.getRuntime().availableProcessors());
    }

    static Shape shape(CaseFolder reference, String name) {
        return new Shape(reference.tensor(name).shape().stream()
                .mapToLong(Long::longValue)
                .toArray());
    }

    static NDArray array(NDManager manager, CaseFolder reference, String name) {
        return manager.create(reference.tensor(name).floats(), shape(reference, name));
    }

    /** Rows of a matrix of token ids. */
    static List<long[]> rows(Tensor ids) {
        int rows = Math.toIntExact(ids.shape().getFirst());
        int each = ids.values().length / rows;
        List<long[]> all = new ArrayList<>();
        for (int i = 0; i < rows; i++) {
            all.add(Arrays.copyOfRange(ids.longs(), i * each, (i + 1) * each));
        }
        return all;
    }
}
