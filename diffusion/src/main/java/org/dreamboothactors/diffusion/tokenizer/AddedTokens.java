package org.dreamboothactors.diffusion.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Tokens that are looked for in a text before it is cut into words ({@code AddedToken} of transformers), as
 * {@code tokenizer.json} lists them.
 */
final class AddedTokens {
    private static final List<String> NAMES = List.of("bos_token", "eos_token", "unk_token", "pad_token");

    private final Map<String, ObjectNode> byContent = new LinkedHashMap<>();

    /**
     * Those that a model's settings give a name.
     *
     * @param settings of a tokenizer, see {@link TokenizerFiles}
     */
    AddedTokens(JsonNode settings) {
        for (String name : NAMES) {
            ObjectNode token = added(settings.path(name));
            byContent.put(token.path("content").asText(), token); // as to transformers, the last of equal ones counts
        }
    }

    /** One that is written as text alone is special, which means that letters' case counts. */
    private static ObjectNode added(JsonNode written) {
        ObjectNode token = new ObjectMapper().createObjectNode();
        token.put("content", written.path("content").asText(written.asText()));
        for (String setting : List.of("single_word", "lstrip", "rstrip", "normalized")) {
            token.put(setting, written.path(setting).asBoolean());
        }
        return token.put("special", true);
    }

    /** Their settings, without ids. */
    Collection<ObjectNode> all() {
        return byContent.values();
    }
}
