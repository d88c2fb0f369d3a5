package org.dreamboothactors.diffusion.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Reads a {@code tokenizer} folder of a diffusers model.
 *
 * <p>Published models carry {@code vocab.json} and {@code merges.txt}; the {@code tokenizer.json} that the tokenizers
 * library wants is put together from them the way transformers does it. A folder that has only {@code tokenizer.json}
 * is taken as it is.
 */
@SuppressWarnings("ArrayRecordComponent") // the file itself, read once; nobody compares two
record TokenizerFiles(byte[] tokenizerJson, int maxLength, String begin, String end, String padding) {

    /** What CLIP uses when {@code tokenizer_config.json} does not say. */
    private static final int CLIP_LENGTH = 77;
    /** transformers writes 1e30 for "no limit", which no model with position embeddings can mean. */
    private static final double LARGEST_LENGTH = 100_000;

    private static final String BEGIN = "<|startoftext|>";
    private static final String END = "<|endoftext|>";
    private static final String SPLIT =
            "<\\|startoftext\\|>|<\\|endoftext\\|>|'s|'t|'re|'ve|'m|'ll|'d|[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+";
    private static final ObjectMapper JSON = new ObjectMapper();

    static TokenizerFiles read(Path folder) {
        try {
            JsonNode settings = settings(folder);
            double length = settings.path("model_max_length").asDouble(CLIP_LENGTH);
            int maxLength = length < 2 || length > LARGEST_LENGTH ? CLIP_LENGTH : (int) length;
            return new TokenizerFiles(
                    tokenizerJson(folder, settings),
                    maxLength,
                    content(settings, "bos_token"),
                    content(settings, "eos_token"),
                    content(settings, "pad_token"));
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "Cannot read the tokenizer in " + folder + ": " + e.getMessage()
                            + ", expected vocab.json and merges.txt, or tokenizer.json",
                    e);
        }
    }

    /**
     * What {@code tokenizer_config.json} says, with the tokens of {@code special_tokens_map.json}: transformers lets the
     * map win, but over a configuration that lists its added tokens, which is a newer one.
     */
    private static JsonNode settings(Path folder) throws IOException {
        ObjectNode settings = JSON.createObjectNode();
        settings.put("bos_token", BEGIN).put("eos_token", END).put("unk_token", END);
        settings.setAll(readObject(folder.resolve("tokenizer_config.json")));
        if (!settings.has("added_tokens_decoder")) {
            settings.setAll(readObject(folder.resolve("special_tokens_map.json")));
        }
        if (!settings.hasNonNull("pad_token")) {
            settings.set("pad_token", settings.path("eos_token"));
        }
        return settings;
    }

    private static ObjectNode readObject(Path file) throws IOException {
        ObjectNode read =
                Files.exists(file) ? JSON.readValue(file.toFile(), ObjectNode.class) : JSON.createObjectNode();
        read.properties().removeIf(setting -> setting.getValue().isNull()); // not said
        return read;
    }

    /** A token is written as text or as an object with its text under {@code content}. */
    private static String content(JsonNode settings, String key) {
        JsonNode token = settings.path(key);
        return token.path("content").asText(token.asText());
    }

    private static byte[] tokenizerJson(Path folder, JsonNode settings) throws IOException {
        Path vocabFile = folder.resolve("vocab.json");
        if (!Files.exists(vocabFile)) {
            return Files.readAllBytes(folder.resolve("tokenizer.json"));
        }
        JsonNode vocab = JSON.readTree(vocabFile.toFile());
        ObjectNode root = JSON.createObjectNode().put("version", "1.0");
        ArrayNode added = root.putArray("added_tokens");
        for (ObjectNode token : new AddedTokens(settings).all()) {
            added.add(token.put("id", idOf(vocab, token.path("content").asText())));
        }
        root.set("normalizer", normalizer());
        root.set("pre_tokenizer", preTokenizer());
        root.set(
                "post_processor", postProcessor(vocab, content(settings, "bos_token"), content(settings, "eos_token")));
        ObjectNode model = root.putObject("model").put("type", "BPE");
        model.put("unk_token", content(settings, "unk_token")).put("continuing_subword_prefix", "");
        model.put("end_of_word_suffix", "</w>").put("fuse_unk", false);
        model.set("vocab", vocab);
        ArrayNode merges = model.putArray("merges");
        for (String line : Files.readAllLines(folder.resolve("merges.txt"))) {
            if (!line.isBlank() && !line.startsWith("#version")) {
                merges.add(line.strip());
            }
        }
        return JSON.writeValueAsBytes(root);
    }

    private static int idOf(JsonNode vocab, String token) {
        if (!vocab.has(token)) {
            throw new IllegalArgumentException("Cannot use special token " + token
                    + ": vocab.json lacks it, expected every special token of tokenizer_config.json there."
                    + " Check that the files belong together.");
        }
        return vocab.get(token).asInt();
    }

    private static ObjectNode normalizer() {
        ObjectNode node = JSON.createObjectNode().put("type", "Sequence");
        ArrayNode steps = node.putArray("normalizers");
        steps.addObject().put("type", "NFC");
        steps.addObject()
                .put("type", "Replace")
                .put("content", " ")
                .putObject("pattern")
                .put("Regex", "\\s+");
        steps.addObject().put("type", "Lowercase");
        return node;
    }

    private static ObjectNode preTokenizer() {
        ObjectNode node = JSON.createObjectNode().put("type", "Sequence");
        ArrayNode steps = node.putArray("pretokenizers");
        ObjectNode split = steps.addObject().put("type", "Split");
        split.put("behavior", "Removed").put("invert", true);
        split.putObject("pattern").put("Regex", SPLIT);
        ObjectNode bytes = steps.addObject().put("type", "ByteLevel");
        bytes.put("add_prefix_space", false).put("trim_offsets", true).put("use_regex", true);
        return node;
    }

    private static ObjectNode postProcessor(JsonNode vocab, String begin, String end) {
        ObjectNode node = JSON.createObjectNode().put("type", "RobertaProcessing");
        node.putArray("sep").add(end).add(idOf(vocab, end));
        node.putArray("cls").add(begin).add(idOf(vocab, begin));
        return node.put("trim_offsets", false).put("add_prefix_space", false);
    }
}
