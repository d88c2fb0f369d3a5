package org.dreamboothactors.diffusion.judging;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;

/**
 * What decides an image tower's shape, from {@code image_tower/config.json}.
 *
 * @param side of a picture, in pixels: a power of two
 * @param channels of each stage, outermost first; each halves the side
 * @param width of an embedding
 * @param textWidth of the text tower's states
 */
public record JudgeConfig(int side, List<Integer> channels, int normGroups, int width, int textWidth) {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .build();

    public JudgeConfig {
        channels = List.copyOf(channels);
        if (channels.isEmpty() || side % (1 << channels.size()) != 0) {
            throw new IllegalArgumentException("Cannot use a judge of " + side + " pixels with " + channels.size()
                    + " stages: a stage halves the side, expected a side that can be halved so often");
        }
    }

    /** Reads {@code config.json} in a folder. */
    public static JudgeConfig read(Path folder) {
        Path file = folder.resolve("config.json");
        try {
            return JSON.readValue(file.toFile(), JudgeConfig.class);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    /** Side of the last stage's output. */
    int lastSide() {
        return side >> channels.size();
    }
}
