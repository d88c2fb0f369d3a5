package org.dreamboothactors.diffusion.judging;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.dreamboothactors.diffusion.images.RgbImage;
import org.dreamboothactors.diffusion.kernels.Kernels;

/**
 * What a model says of pictures and of texts, as embeddings of length 1 whose dot products say how near they are.
 *
 * <p>Owned by the thread of its kernels.
 */
public sealed interface Opinion extends AutoCloseable permits JudgeOpinion, ClipOpinion {

    /**
     * A picture's embeddings.
     *
     * @param match what it shows; near to texts that are true of it
     * @param identity whom it shows; near to other pictures of the same subject
     */
    @SuppressWarnings("ArrayRecordComponent") // vectors, compared by their dot products
    record Seen(float[] match, float[] identity) {}

    /**
     * Opens the judge in a folder: one that {@code pretrain} made, or a CLIP as Hugging Face's transformers store it.
     *
     * @param kernels stay the caller's to close, afterwards
     */
    static Opinion open(Path folder, Kernels kernels) {
        return Files.isDirectory(folder.resolve(Judge.PART))
                ? JudgeOpinion.open(folder, kernels)
                : ClipOpinion.open(folder, kernels);
    }

    /** Pictures of any size; the middle square of each is seen. */
    List<Seen> see(List<RgbImage> pictures);

    /** What texts say; longer ones than the model knows are cut. */
    List<float[]> read(List<String> texts);

    @Override
    void close();

    /** Which of some texts fits a picture best, by its number. */
    static int best(float[] picture, List<float[]> texts) {
        return IntStream.range(0, texts.size())
                .boxed()
                .max(Comparator.comparingDouble(i -> dot(picture, texts.get(i))))
                .orElseThrow();
    }

    /** How near pictures are on average to photos of a subject, by identity. */
    static double likeness(List<Seen> pictures, List<Seen> photos) {
        return pictures.stream()
                .flatMap(picture -> photos.stream().map(photo -> dot(picture.identity(), photo.identity())))
                .mapToDouble(nearness -> nearness)
                .average()
                .orElseThrow();
    }

    /** How near two embeddings are, -1 to 1. */
    static double dot(float[] one, float[] other) {
        double sum = 0;
        for (int i = 0; i < one.length; i++) {
            sum += (double) one[i] * other[i];
        }
        return sum;
    }
}
