package org.dreamboothactors.diffusion.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/**
 * Reads a {@code tokenizer} folder of a diffusers model.
 *
 * <p>Published models carry {@code vocab.json} and {@code merges.txt}; the {@code tokenizer.json} that the tokenizers
 * library wants is put together from them the way transformers does it. A folder that has only {@code tokenizer.json}
 * is taken as it is, but for its added tokens.
 */
@SuppressWarnings("ArrayRecordComponent") // the file itself, read once; nobody compares two
record TokenizerFiles(
        byte[] tokenizerJson,
        int maxLength,
        String begin,
        String end,
        String padding,
        Token last,
        SeveralVectors severalVectors) {

    /** A text that has an id. */
    record Token(String content, int id) {
        /** The one of the largest id. */
        static Token last(JsonNode vocabulary, ArrayNode added) {
            Stream<Token> own = vocabulary.properties().stream()
                    .map(token -> new Token(token.getKey(), token.getValue().asInt()));
            Stream<Token> more = added.valueStream()
                    .map(token -> new Token(
                            token.path("content").asText(), token.path("id").asInt()));
            return Stream.concat(own, more)
                    .max(Comparator.comparingInt(Token::id))
                    .orElseThrow();
        }
    }

    /** What CLIP uses when {@code tokenizer_config.json} does not say. */
    private static final int CLIP_LENGTH = 77;
    /** transformers writes 1e30 for "no limit", which no model with position embeddings can mean. */
    private static final double LARGEST_LENGTH = 100_000;

    private static final String WHOLE = "tokenizer.json";
    private static final String ADDED = "added_tokens";
    private static final String MODEL = "model";
    private static final String VOCAB = "vocab";
    private static final String ENDS = "post_processor";
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
            ObjectNode root = tokenizerJson(folder, settings);
            JsonNode vocabulary = root.path(MODEL).path(VOCAB);
            ArrayNode added = added(folder, settings).over(vocabulary);
            root.set(ADDED, added);
            String begin = content(settings, "bos_token");
            String end = content(settings, "eos_token");
            if (!root.has(ENDS)) {
                root.set(ENDS, postProcessor(added, begin, end));
            }
            return new TokenizerFiles(
                    JSON.writeValueAsBytes(root),
                    maxLength,
                    begin,
                    end,
                    content(settings, "pad_token"),
                    Token.last(vocabulary, added),
                    new SeveralVectors(added));
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
        if (!settings.has(AddedTokens.DECODER)) {
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

    /** What the tokenizers library reads, but for the added tokens. */
    private static ObjectNode tokenizerJson(Path folder, JsonNode settings) throws IOException {
        Path vocabFile = folder.resolve("vocab.json");
        if (!Files.exists(vocabFile)) {
            return JSON.readValue(folder.resolve(WHOLE).toFile(), ObjectNode.class);
        }
        ObjectNode root = JSON.createObjectNode().put("version", "1.0");
        root.set("normalizer", normalizer());
        root.set("pre_tokenizer", preTokenizer());
        ObjectNode model = root.putObject(MODEL).put("type", "BPE");
        model.put("unk_token", content(settings, "unk_token")).put("continuing_subword_prefix", "");
        model.put("end_of_word_suffix", "</w>").put("fuse_unk", false);
        model.set(VOCAB, JSON.readTree(vocabFile.toFile()));
        ArrayNode merges = model.putArray("merges");
        for (String line : Files.readAllLines(folder.resolve("merges.txt"))) {
            if (!line.isBlank() && !line.startsWith("#version")) {
                merges.add(line.strip());
            }
        }
        return root;
    }

    /** How many tokens a folder with {@code vocab.json} has, those added to it counted. */
    static int size(Path folder) throws IOException {
        JsonNode vocabulary = readObject(folder.resolve("vocab.json"));
        return vocabulary.size() + added(folder, settings(folder)).beyond(vocabulary);
    }

    private static AddedTokens added(Path folder, JsonNode settings) throws IOException {
        JsonNode listed = readObject(folder.resolve(WHOLE)).path(ADDED);
        return new AddedTokens(settings, readObject(folder.resolve("added_tokens.json")), listed);
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

    private static ObjectNode postProcessor(ArrayNode added, String begin, String end) {
        ObjectNode node = JSON.createObjectNode().put("type", "RobertaProcessing");
        node.putArray("sep").add(end).add(idOf(added, end));
        node.putArray("cls").add(begin).add(idOf(added, begin));
        return node.put("trim_offsets", false).put("add_prefix_space", false);
    }

    private static int idOf(ArrayNode added, String content) {
        return added.valueStream()
                .filter(token -> token.path("content").asText().equals(content))
                .findFirst()
                .orElseThrow()
                .path("id")
                .asInt();
    }
}
