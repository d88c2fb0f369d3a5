package org.dreamboothactors.diffusion.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Tokens that are looked for in a text before it is cut into words ({@code AddedToken} of transformers): those that mark
 * its ends, and new ones such as textual inversion learns.
 */
final class AddedTokens {
    /** Of a configuration that lists its added tokens itself. */
    static final String DECODER = "added_tokens_decoder";

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String CONTENT = "content";
    private static final List<String> NAMES = List.of("bos_token", "eos_token", "unk_token", "pad_token");
    private static final List<String> EXTRA = List.of("additional_special_tokens", "extra_special_tokens");

    private final JsonNode settings;
    /** With their ids, in whose order they are added. */
    private final SortedMap<Integer, ObjectNode> declared = new TreeMap<>();

    /**
     * Those of a tokenizer's folder.
     *
     * @param settings its settings, see {@link TokenizerFiles}
     * @param inversions ids by text, of {@code added_tokens.json}
     * @param listed of {@code tokenizer.json}, each with its id
     */
    AddedTokens(JsonNode settings, JsonNode inversions, JsonNode listed) {
        this.settings = settings;
        if (settings.has(DECODER)) {
            settings.path(DECODER)
                    .properties()
                    .forEach(token -> declared.put(id(token.getKey()), added(token.getValue())));
            return; // a newer configuration, which stands for the other files
        }
        inversions.properties().forEach(token -> {
            boolean named = named().containsKey(token.getKey());
            ObjectNode written = JSON.createObjectNode().put(CONTENT, token.getKey());
            declared.put(
                    token.getValue().asInt(),
                    added(written.put("normalized", !named).put("special", named)));
        });
        listed.forEach(token -> declared.put(token.path("id").asInt(), added(token)));
    }

    private static int id(String key) {
        try {
            return Integer.parseInt(key);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "Cannot use added tokens: " + DECODER + " has the key " + key + ", expected an id", e);
        }
    }

    /** One that is written as text alone is special, which means that letters' case counts. */
    private static ObjectNode added(JsonNode written) {
        ObjectNode token = JSON.createObjectNode();
        token.put(CONTENT, written.path(CONTENT).asText(written.asText()));
        for (String setting : List.of("single_word", "lstrip", "rstrip", "normalized")) {
            token.put(setting, written.path(setting).asBoolean());
        }
        return token.put("special", written.path("special").asBoolean(true));
    }

    private static String content(ObjectNode token) {
        return token.path(CONTENT).asText();
    }

    /** By text; as to transformers, the last of equal ones counts. */
    private Map<String, ObjectNode> named() {
        Map<String, ObjectNode> named = new LinkedHashMap<>();
        for (String name : NAMES) {
            ObjectNode token = added(settings.path(name));
            named.put(content(token), token);
        }
        return named;
    }

    /** How many of them are not in a vocabulary. */
    int beyond(JsonNode vocabulary) {
        return (int) declared.values().stream()
                .filter(token -> !vocabulary.has(content(token)))
                .count();
    }

    /** All of them with the ids that a vocabulary gives them or that follow it, as {@code tokenizer.json} lists them. */
    ArrayNode over(JsonNode vocabulary) {
        Map<String, ObjectNode> all = new LinkedHashMap<>();
        int next = vocabulary.size();
        for (Map.Entry<Integer, ObjectNode> token : declared.entrySet()) {
            String content = content(token.getValue());
            int id = vocabulary.has(content) ? vocabulary.get(content).asInt() : next++;
            if (id != token.getKey()) {
                throw new IllegalArgumentException("Cannot use added token " + content + ": its id is " + token.getKey()
                        + ", expected " + id + " as the vocabulary has it, or that follows it without a gap."
                        + " Check that the files belong together.");
            }
            all.put(content, token.getValue().put("id", id));
        }
        for (ObjectNode token : named().values()) {
            all.computeIfAbsent(content(token), content -> token.put("id", idOf(vocabulary, content)))
                    .put("special", true);
        }
        for (String extra : EXTRA) {
            for (JsonNode written : settings.path(extra)) {
                ObjectNode token = added(written);
                if (!all.containsKey(content(token))) {
                    int id = vocabulary.has(content(token))
                            ? vocabulary.get(content(token)).asInt()
                            : next++;
                    all.put(content(token), token.put("id", id));
                }
            }
        }
        return JSON.createArrayNode().addAll(all.values());
    }

    private static int idOf(JsonNode vocabulary, String token) {
        if (!vocabulary.has(token)) {
            throw new IllegalArgumentException("Cannot use special token " + token
                    + ": vocab.json lacks it, expected every special token of tokenizer_config.json there."
                    + " Check that the files belong together.");
        }
        return vocabulary.get(token).asInt();
    }
}
