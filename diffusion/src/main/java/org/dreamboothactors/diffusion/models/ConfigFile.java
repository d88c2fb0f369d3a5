package org.dreamboothactors.diffusion.models;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.dreamboothactors.diffusion.weights.SmallJson;

/**
 * A model's {@code config.json}. Every setting must be asked for or known to change nothing; one that is neither, and is
 * not switched off, is refused by name.
 */
final class ConfigFile {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MOST_LAYERS = 256;

    private final Path file;
    private final JsonNode json;
    private final Set<String> asked = new HashSet<>();

    ConfigFile(Path file, JsonNode json) {
        this.file = file;
        this.json = json;
    }

    static ConfigFile in(Path folder) {
        Path file = folder.resolve("config.json");
        try {
            return new ConfigFile(file, SmallJson.read(JSON, file));
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    /** The settings of a part, which are below a key. */
    ConfigFile part(String key) {
        return new ConfigFile(file, ask(key));
    }

    int number(String key, int otherwise) {
        return (int) decimal(key, otherwise);
    }

    /** How many layers there are: of as many as a number holds the plan alone would fill the memory. */
    int layers(String key, int otherwise) {
        int layers = number(key, otherwise);
        if (layers < 1 || layers > MOST_LAYERS) {
            throw refused(key, ask(key), "1 to " + MOST_LAYERS);
        }
        return layers;
    }

    double decimal(String key, double otherwise) {
        JsonNode node = ask(key);
        if (absent(node)) {
            return otherwise;
        }
        if (!node.isNumber()) {
            throw refused(key, node, "a number");
        }
        return node.asDouble();
    }

    boolean flag(String key, boolean otherwise) {
        JsonNode node = ask(key);
        return absent(node) ? otherwise : node.asBoolean();
    }

    List<Integer> numbers(String key) {
        JsonNode node = ask(key);
        List<Integer> numbers = new ArrayList<>();
        node.forEach(number -> numbers.add(number.asInt()));
        if (numbers.isEmpty()) {
            throw refused(key, node, "a list of numbers");
        }
        return numbers;
    }

    /** A number, or the largest of a list. */
    int largest(String key, int otherwise) {
        return json.path(key).isArray() ? Collections.max(numbers(key)) : number(key, otherwise);
    }

    /** A list of {@code length} numbers, or one number for all. */
    List<Integer> perLevel(String key, int length, int otherwise) {
        JsonNode node = ask(key);
        if (node.isArray()) {
            if (node.size() != length) {
                throw refused(key, node, length + " numbers, as block_out_channels has");
            }
            return numbers(key);
        }
        return Collections.nCopies(length, absent(node) ? otherwise : node.asInt());
    }

    List<String> texts(String key) {
        List<String> texts = new ArrayList<>();
        ask(key).forEach(text -> texts.add(text.asText()));
        return texts;
    }

    /** One of {@code allowed}; the first where it is absent. */
    String choice(String key, String... allowed) {
        JsonNode node = ask(key);
        if (absent(node)) {
            return allowed[0];
        }
        if (!List.of(allowed).contains(node.asText())) {
            throw refused(key, node, String.join(" or ", allowed));
        }
        return node.asText();
    }

    /** Settings that do not change what the model computes. */
    void ignore(String... keys) {
        asked.addAll(List.of(keys));
    }

    /** Refuses what nobody asked for, unless it is off. */
    void refuseTheRest() {
        for (Map.Entry<String, JsonNode> entry : json.properties()) {
            JsonNode value = entry.getValue();
            if (!asked.contains(entry.getKey()) && !entry.getKey().startsWith("_") && !isOff(value)) {
                throw refused(entry.getKey(), value, "it to be off");
            }
        }
    }

    private static boolean isOff(JsonNode value) {
        return absent(value)
                || (value.isBoolean() && !value.asBoolean())
                || (value.isNumber() && value.asDouble() == 0)
                || (value.isArray() && value.valueStream().allMatch(ConfigFile::isOff));
    }

    UnsupportedOperationException refused(String key, JsonNode value, String expected) {
        return new UnsupportedOperationException("Cannot use " + file + ": " + key + " is " + value + ", expected "
                + expected + ". Choose a model of the Stable Diffusion 1.x or 2.x kind");
    }

    private JsonNode ask(String key) {
        asked.add(key);
        return json.path(key);
    }

    private static boolean absent(JsonNode node) {
        return node.isMissingNode() || node.isNull();
    }
}
