package org.dreamboothactors.diffusion.judging;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.dreamboothactors.diffusion.images.RgbImage;
import org.dreamboothactors.diffusion.kernels.Kernels;
import org.dreamboothactors.diffusion.kernels.Tape;
import org.dreamboothactors.diffusion.models.CLIPModel;
import org.dreamboothactors.diffusion.tokenizer.ClipTokenizer;

/**
 * The opinion of a CLIP, which has one embedding for what and whom a picture shows: CLIP-I and CLIP-T of the DreamBooth
 * paper.
 */
record ClipOpinion(CLIPModel model, ClipProcessor processor, ClipTokenizer tokenizer, Kernels kernels)
        implements Opinion {

    /** Loads a folder as transformers' {@code CLIPModel} and {@code CLIPProcessor} save it. */
    static ClipOpinion open(Path folder, Kernels kernels) {
        CLIPModel model = CLIPModel.load(folder, kernels);
        return new ClipOpinion(
                model, ClipProcessor.read(folder, model.imageSize()), ClipTokenizer.open(folder), kernels);
    }

    /** One by one: a large model's states of a batch would not fit beside a trainer. */
    @Override
    public List<Seen> see(List<RgbImage> pictures) {
        List<Seen> seen = new ArrayList<>();
        for (RgbImage picture : pictures) {
            try (Tape tape = Tape.forward(kernels)) {
                NDArray planes = tape.manager()
                        .create(
                                FloatBuffer.wrap(processor.planes(picture)),
                                new Shape(1, RgbImage.CHANNELS, processor.side(), processor.side()));
                float[] embedding = model.pictures(tape, planes).array().toFloatArray();
                seen.add(new Seen(embedding, embedding));
            }
        }
        return seen;
    }

    @Override
    public List<float[]> read(List<String> texts) {
        List<float[]> read = new ArrayList<>();
        for (String text : texts) {
            try (Tape tape = Tape.forward(kernels)) {
                read.add(model.texts(tape, List.of(tokenizer.ids(text))).array().toFloatArray());
            }
        }
        return read;
    }

    @Override
    public void close() {
        tokenizer.close();
    }
}
