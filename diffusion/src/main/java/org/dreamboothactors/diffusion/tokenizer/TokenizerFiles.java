package org.dreamboothactors.diffusion.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;

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

    private static final String SPLIT =
            "<\\|startoftext\\|>|<\\|endoftext\\|>|'s|'t|'re|'ve|'m|'ll|'d|[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+";
    private static final ObjectMapper JSON = new ObjectMapper();

    static TokenizerFiles read(Path folder) {
        try {
            JsonNode config = readConfig(folder.resolve("tokenizer_config.json"));
            String end = token(config, "eos_token", "<|endoftext|>");
            String begin = token(config, "bos_token", "<|startoftext|>");
            String padding = token(config, "pad_token", end);
            double length = config.path("model_max_length").asDouble(CLIP_LENGTH);
            int maxLength = length < 2 || length > LARGEST_LENGTH ? CLIP_LENGTH : (int) length;
            return new TokenizerFiles(
                    tokenizerJson(folder, config, begin, end, padding), maxLength, begin, end, padding);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "Cannot read the tokenizer in " + folder + ": " + e.getMessage()
                            + ", expected vocab.json and merges.txt, or tokenizer.json",
                    e);
        }
    }

    private static JsonNode readConfig(Path file) throws IOException {
        return Files.exists(file) ? JSON.readTree(file.toFile()) : JSON.createObjectNode();
    }

    /** A token is written as text or as an object with its text under {@code content}. */
    private static String token(JsonNode config, String key, String otherwise) {
        JsonNode node = config.path(key);
        return node.isObject() ? node.path("content").asText(otherwise) : node.asText(otherwise);
    }

    private static byte[] tokenizerJson(Path folder, JsonNode config, String begin, String end, String padding)
            throws IOException {
        Path vocabFile = folder.resolve("vocab.json");
        if (!Files.exists(vocabFile)) {
            return Files.readAllBytes(folder.resolve("tokenizer.json"));
        }
        JsonNode vocab = JSON.readTree(vocabFile.toFile());
        ObjectNode root = JSON.createObjectNode().put("version", "1.0");
        ArrayNode added = root.putArray("added_tokens");
        LinkedHashSet<String> special = new LinkedHashSet<>();
        special.add(begin);
        special.add(end);
        special.add(padding);
        for (String content : special) {
            added.add(addedToken(idOf(vocab, content), content));
        }
        root.set("normalizer", normalizer());
        root.set("pre_tokenizer", preTokenizer());
        root.set("post_processor", postProcessor(vocab, begin, end));
        ObjectNode model = root.putObject("model").put("type", "BPE");
        model.put("unk_token", token(config, "unk_token", end)).put("continuing_subword_prefix", "");
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

    private static ObjectNode addedToken(int id, String content) {
        ObjectNode node = JSON.createObjectNode().put("id", id).put("content", content);
        return node.put("single_word", false)
                .put("lstrip", false)
                .put("rstrip", false)
                .put("normalized", false)
                .put("special", true);
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
