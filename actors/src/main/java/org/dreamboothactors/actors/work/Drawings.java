package org.dreamboothactors.actors.work;

import java.util.List;
import java.util.stream.IntStream;
import org.dreamboothactors.diffusion.Drawing;
import org.dreamboothactors.diffusion.schedulers.SamplerKind;
import org.dreamboothactors.protocol.v1.Sampling;

/** Drawings from messages. */
public final class Drawings {
    /** Pictures that go through the model together; memory grows with it. */
    private static final int LARGEST_BATCH = 4;
    /** Of a batch that was asked for, whatever its number: 16 pictures of 512 x 512. */
    private static final int MOST_PIXELS = 1 << 22;
    /** Larger pictures are drawn one by one. */
    private static final int LARGE_SIDE = 256;

    private Drawings() {}

    /** Of pictures that are drawn together; all 64 bits count, so the highest is followed by the lowest. */
    public static List<Long> seeds(long first, int count) {
        return IntStream.range(0, count).mapToObj(i -> first + i).toList();
    }

    /** Picture i has prompt i and seed i. */
    public static Drawing of(List<String> prompts, List<Long> seeds, Sampling sampling) {
        boolean large = Math.max(sampling.getWidth(), sampling.getHeight()) > LARGE_SIDE;
        int fitting = Math.max(1, MOST_PIXELS / Math.max(1, sampling.getWidth() * sampling.getHeight()));
        int asked = Math.min(sampling.getBatchSize(), fitting);
        int batch = asked > 0 ? asked : large ? 1 : LARGEST_BATCH;
        return new Drawing(
                prompts,
                seeds,
                SamplerKind.of(sampling.getSampler()),
                sampling.getInferenceSteps(),
                sampling.getEta(),
                sampling.getGuidanceScale(),
                sampling.getNegativePrompt(),
                sampling.getWidth(),
                sampling.getHeight(),
                Math.min(batch, prompts.size()));
    }
}
