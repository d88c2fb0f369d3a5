package org.dreamboothactors.toyworld.judging;

import ai.djl.ndarray.NDArray;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.dreamboothactors.diffusion.images.RgbImage;
import org.dreamboothactors.diffusion.judging.Judge;
import org.dreamboothactors.diffusion.kernels.Kernels;
import org.dreamboothactors.diffusion.kernels.Tape;
import org.dreamboothactors.diffusion.kernels.Tape.Value;
import org.dreamboothactors.diffusion.tokenizer.ClipTokenizer;
import org.dreamboothactors.diffusion.training.AutoencoderTraining;

/** What a judge says of pictures, as numbers. Owned by the thread of its kernels. */
public record Opinion(Judge judge, ClipTokenizer tokenizer, Kernels kernels) {
    private static final int BATCH = 32;

    /**
     * A picture's embeddings, each of length 1.
     *
     * @param match what it shows
     * @param identity whom it shows
     */
    @SuppressWarnings("ArrayRecordComponent") // vectors, compared by their dot products
    public record Seen(float[] match, float[] identity) {}

    public List<Seen> see(List<RgbImage> pictures) {
        List<Seen> seen = new ArrayList<>();
        for (int from = 0; from < pictures.size(); from += BATCH) {
            List<RgbImage> batch = pictures.subList(from, Math.min(pictures.size(), from + BATCH));
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

    /** What texts say; each of length 1. */
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

    /** Which of some texts fits a picture best, by its number. */
    public static int best(float[] picture, List<float[]> texts) {
        return IntStream.range(0, texts.size())
                .boxed()
                .max(Comparator.comparingDouble(i -> dot(picture, texts.get(i))))
                .orElseThrow();
    }

    /** How near two embeddings are, -1 to 1. */
    public static double dot(float[] one, float[] other) {
        double sum = 0;
        for (int i = 0; i < one.length; i++) {
            sum += (double) one[i] * other[i];
        }
        return sum;
    }
}
