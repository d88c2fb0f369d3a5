package org.dreamboothactors.deploy.settings;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.dreamboothactors.deploy.UsageException;

/** YAML as dotted keys and text values: {@code model.data.resolution} to {@code 512}; a list has a line for each item. */
public final class FlatYaml {
    private static final long MOST_BYTES = 1 << 20;

    private FlatYaml() {}

    /** Keys in the file's order; a key without a value has the empty text. */
    public static Map<String, String> read(Path file) {
        try {
            if (Files.size(file) > MOST_BYTES) {
                throw new UsageException(
                        "Cannot read " + file + ": " + Files.size(file) + " bytes, expected at most " + MOST_BYTES);
            }
            return parse(Files.readString(file), file.toString());
        } catch (IOException e) {
            throw new UsageException("Cannot read " + file + ": " + e + ", expected a readable YAML file", e);
        }
    }

    /** Same for a text. {@code source} is for people. */
    public static Map<String, String> parse(String yaml, String source) {
        JsonNode root;
        try {
            root = new YAMLMapper().readTree(yaml);
        } catch (JsonProcessingException e) {
            throw new UsageException("Cannot read " + source + ": " + e.getOriginalMessage() + ", expected YAML", e);
        }
        Map<String, String> flat = new LinkedHashMap<>();
        if (root == null || root.isMissingNode() || root.isNull()) {
            return flat;
        }
        if (!root.isObject()) {
            throw new UsageException("Cannot read " + source + ": it holds no keys, expected key: value lines");
        }
        flatten("", root, flat);
        return flat;
    }

    private static void flatten(String prefix, JsonNode node, Map<String, String> flat) {
        node.properties().forEach(field -> {
            String key = prefix + field.getKey();
            JsonNode value = field.getValue();
            if (value.isObject()) {
                flatten(key + ".", value, flat);
            } else if (value.isArray()) {
                StringBuilder items = new StringBuilder();
                value.forEach(item -> items.append(items.isEmpty() ? "" : "\n").append(item.asText()));
                flat.put(key, items.toString());
            } else {
                flat.put(key, value.isNull() ? "" : value.asText());
            }
        });
    }
}
