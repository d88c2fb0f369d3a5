package org.dreamboothactors.diffusion.tokenizer;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * The vocabulary of CLIP (Radford et al. 2021; MIT licence), for models in one file, which have no tokenizer: the 48,894
 * merges of its byte-pair encoding, from which the tokens follow.
 */
public final class ClipVocabulary {
    /** How many tokens there are. */
    public static final int SIZE = 49_408;

    private static final int LENGTH = 77;

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String WORD_END = "</w>";
    private static final String BEGIN = "<|startoftext|>";
    private static final String END = "<|endoftext|>";
    /** Of the vocabulary, with the id 0. */
    private static final String FIRST = "!";

    private static final int BYTES = 256;

    private ClipVocabulary() {}

    /** Fills a {@code tokenizer} folder, which is made when absent, as transformers reads it. */
    public static void write(Path folder) {
        write(folder, merges(folder), LENGTH, END);
    }

    /**
     * The same for OpenCLIP's text encoders, as Stable Diffusion 2.x has them: they learned texts that are filled up with
     * the id 0.
     */
    public static void writeForOpenClip(Path folder) {
        write(folder, merges(folder), LENGTH, FIRST);
    }

    private static String merges(Path folder) {
        try (InputStream in = Objects.requireNonNull(ClipVocabulary.class.getResourceAsStream("clip-merges.txt"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write a tokenizer to " + folder + ": " + e.getMessage(), e);
        }
    }

    /**
     * The same in CLIP's format with other merges.
     *
     * @param merges as {@code merges.txt} lists them, after a line with the version
     * @param length ids that a text becomes
     */
    static void write(Path folder, String merges, int length) {
        write(folder, merges, length, END);
    }

    private static void write(Path folder, String merges, int length, String padding) {
        try {
            Files.createDirectories(folder);
            Files.writeString(folder.resolve("merges.txt"), merges);
            ObjectNode vocabulary = JSON.createObjectNode();
            for (String token : tokens(merges)) {
                vocabulary.put(token, vocabulary.size());
            }
            JSON.writeValue(folder.resolve("vocab.json").toFile(), vocabulary);
            JSON.writeValue(folder.resolve("tokenizer_config.json").toFile(), config(length, padding));
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write a tokenizer to " + folder + ": " + e.getMessage(), e);
        }
    }

    /** Single bytes, bytes that end a word, merged pairs, and the two ends of a text: {@code simple_tokenizer.py}. */
    private static List<String> tokens(String merges) {
        List<String> tokens = new ArrayList<>(byteCharacters());
        byteCharacters().forEach(character -> tokens.add(character + WORD_END));
        merges.lines().skip(1).forEach(pair -> tokens.add(pair.replace(" ", ""))); // after the version
        tokens.add(BEGIN);
        tokens.add(END);
        return tokens;
    }

    /** A character for each byte: printable ones stand for themselves and come first, the others are moved up. */
    private static List<String> byteCharacters() {
        List<String> printable = new ArrayList<>();
        List<String> moved = new ArrayList<>();
        for (int value = 0; value < BYTES; value++) {
            if ((value >= '!' && value <= '~') || (value >= 0xa1 && value <= 0xac) || value >= 0xae) {
                printable.add(Character.toString(value));
            } else {
                moved.add(Character.toString(BYTES + moved.size()));
            }
        }
        printable.addAll(moved);
        return printable;
    }

    private static ObjectNode config(int length, String padding) {
        ObjectNode config = JSON.createObjectNode();
        config.put("add_prefix_space", false);
        config.put("bos_token", BEGIN);
        config.put("do_lower_case", true);
        config.put("eos_token", END);
        config.put("model_max_length", length);
        config.put("pad_token", padding);
        config.put("tokenizer_class", "CLIPTokenizer");
        config.put("unk_token", END);
        return config;
    }
}
