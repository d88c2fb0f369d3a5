package org.dreamboothactors.diffusion.judging;

import ai.djl.ndarray.NDArray;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.dreamboothactors.diffusion.images.Crop;
import org.dreamboothactors.diffusion.images.RgbImage;
import org.dreamboothactors.diffusion.kernels.Kernels;
import org.dreamboothactors.diffusion.kernels.Tape;
import org.dreamboothactors.diffusion.kernels.Tape.Value;
import org.dreamboothactors.diffusion.tokenizer.ClipTokenizer;
import org.dreamboothactors.diffusion.training.AutoencoderTraining;

/** The opinion of a judge that this project trained. */
public record JudgeOpinion(Judge judge, ClipTokenizer tokenizer, Kernels kernels) implements Opinion {
    private static final int BATCH = 32;

    /** Loads a folder with {@code image_tower}, {@code text_encoder} and {@code tokenizer}. */
    public static JudgeOpinion open(Path folder, Kernels kernels) {
        return new JudgeOpinion(Judge.load(folder, kernels), ClipTokenizer.open(folder.resolve("tokenizer")), kernels);
    }

    /** Of the squares it sees, in pixels. */
    public int side() {
        return judge.config().side();
    }

    @Override
    public List<Seen> see(List<RgbImage> pictures) {
        List<Seen> seen = new ArrayList<>();
        for (int from = 0; from < pictures.size(); from += BATCH) {
            List<RgbImage> batch = pictures.subList(from, Math.min(pictures.size(), from + BATCH)).stream()
                    .map(Crop.center(side())::apply)
                    .toList();
            try (Tape tape = Tape.forward(kernels)) {
                NDArray planes = AutoencoderTraining.planes(batch, tape.manager());
                Value features = judge.features(tape, planes);
                List<float[]> match = rows(judge.match(tape, features), batch.size());
                List<float[]> identity = rows(judge.identity(tape, features), batch.size());
                for (int i = 0; i < batch.size(); i++) {
                    seen.add(new Seen(match.get(i), identity.get(i)));
                }
            }
        }
        return seen;
    }

    @Override
    public List<float[]> read(List<String> texts) {
        try (Tape tape = Tape.forward(kernels)) {
            return rows(judge.texts(tape, texts.stream().map(tokenizer::ids).toList()), texts.size());
        }
    }

    private static List<float[]> rows(Value value, int count) {
        float[] all = value.array().toFloatArray();
        int width = all.length / count;
        return IntStream.range(0, count)
                .mapToObj(i -> Arrays.copyOfRange(all, i * width, (i + 1) * width))
                .toList();
    }

    @Override
    public void close() {
        tokenizer.close();
    }
}
