package org.dreamboothactors.diffusion.training;

import ai.djl.ndarray.NDArray;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;
import java.util.SortedMap;
import org.dreamboothactors.allreduce.Layout;

/** The numbers that ranks sum in a step: all gradients, each from a cache line on. */
final class GradientLayout {
    private static final long LINE_FLOATS = 16;

    private GradientLayout() {}

    static Layout of(SortedMap<String, NDArray> weights) {
        MessageDigest digest = WeightsDigest.sha256();
        long floats = 0;
        for (Map.Entry<String, NDArray> entry : weights.entrySet()) {
            String line = entry.getKey() + ' ' + entry.getValue().getShape() + '\n';
            digest.update(line.getBytes(StandardCharsets.UTF_8));
            floats += aligned(entry.getValue().size());
        }
        return new Layout(floats, HexFormat.of().formatHex(digest.digest()));
    }

    static long aligned(long floats) {
        return Math.ceilDiv(floats, LINE_FLOATS) * LINE_FLOATS;
    }
}
