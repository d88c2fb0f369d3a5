package org.dreamboothactors.diffusion.judging;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.dreamboothactors.diffusion.images.Resize;
import org.dreamboothactors.diffusion.images.Resize.Filter;
import org.dreamboothactors.diffusion.images.RgbImage;

/**
 * Pictures as CLIP sees them: {@code CLIPImageProcessor} of transformers, from {@code preprocessor_config.json}.
 *
 * @param side of the middle square, in pixels
 * @param mean of each channel, 0 to 1
 * @param std deviation of each channel, 0 to 1
 */
record ClipProcessor(int side, List<Double> mean, List<Double> std) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int BICUBIC = 3; // Pillow's number
    private static final List<Double> MEAN = List.of(0.48145466, 0.4578275, 0.40821073);
    private static final List<Double> STD = List.of(0.26862954, 0.26130258, 0.27577711);

    ClipProcessor {
        mean = List.copyOf(mean);
        std = List.copyOf(std);
    }

    /** That of a model's folder; CLIP's own where the folder has none. */
    static ClipProcessor read(Path folder, int side) {
        Path file = folder.resolve("preprocessor_config.json");
        try {
            JsonNode config = Files.exists(file) ? JSON.readTree(file.toFile()) : JSON.createObjectNode();
            if (config.path("resample").asInt(BICUBIC) != BICUBIC) {
                throw new UnsupportedOperationException("Cannot use " + file + ": resample is " + config.get("resample")
                        + ", expected " + BICUBIC + " (bicubic). Choose another CLIP as judge");
            }
            int shortest = config.path("size").isObject()
                    ? config.path("size").path("shortest_edge").asInt(side)
                    : config.path("size").asInt(side);
            if (shortest != side) {
                throw new UnsupportedOperationException("Cannot use " + file + ": size is " + config.get("size")
                        + ", expected " + side + " as image_size in config.json. Choose another CLIP as judge");
            }
            return new ClipProcessor(
                    side, numbers(config.path("image_mean"), MEAN), numbers(config.path("image_std"), STD));
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    private static List<Double> numbers(JsonNode node, List<Double> otherwise) {
        List<Double> numbers = new ArrayList<>();
        node.forEach(number -> numbers.add(number.asDouble()));
        return numbers.size() == RgbImage.CHANNELS ? numbers : otherwise;
    }

    /** The middle square of a picture, normalised: (3, side, side), flat. */
    float[] planes(RgbImage picture) {
        RgbImage scaled = Resize.shortSide(picture, side, Filter.BICUBIC);
        RgbImage square = scaled.crop((scaled.width() - side) / 2, (scaled.height() - side) / 2, side, side);
        float[] planes = square.toModel(); // -1 to 1
        for (int i = 0; i < planes.length; i++) {
            int channel = i / (side * side);
            planes[i] = (float) (((planes[i] + 1) / 2 - mean.get(channel)) / std.get(channel));
        }
        return planes;
    }
}
