package org.dreamboothactors.diffusion.lora;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiFunction;

/** What the metadata of diffusers says of a LoRA's alphas. It is a stranger's: what it may cost has an end. */
final class Alphas {
    /** There are no more layers, each of which may have its own. */
    private static final int MOST_PATTERNS = 1000;
    /** Of the program that an expression is compiled to; for the name of a layer some ten, for any digits and dots a hundred. */
    private static final int LARGEST_PROGRAM = 10_000;
    /** Counts in braces; more of them in each other are programs without end. */
    private static final int MOST_COUNTS = 2;

    private static final Duration LONGEST = Duration.ofSeconds(10);

    /** Characters; a thousand expressions have a tenth of them, and a tree of all that a header may hold has no room. */
    private static final int LARGEST_METADATA = 1 << 20;

    private static final int LONGEST_SHOWN = 200;
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String PATTERNS = ".alpha_pattern";

    private final JsonNode metadata;
    private final BiFunction<String, String, IllegalArgumentException> refused;
    private final Map<String, Pattern> expressions = new HashMap<>();
    private final Duration longest;
    private long spentNanos;

    /**
     * Reads the metadata.
     *
     * @param refused what is wrong and what was expected, as a failure that names the file
     */
    Alphas(String metadata, BiFunction<String, String, IllegalArgumentException> refused) {
        this(metadata, refused, LONGEST);
    }

    /** The same with less time than a merge has for all expressions and layers. */
    Alphas(String metadata, BiFunction<String, String, IllegalArgumentException> refused, Duration longest) {
        this.refused = refused;
        this.longest = longest;
        if (metadata.length() > LARGEST_METADATA) {
            throw refused.apply(
                    LoraFiles.METADATA + " has " + metadata.length() + " characters", "at most " + LARGEST_METADATA);
        }
        try {
            this.metadata = JSON.readTree(metadata);
        } catch (JsonProcessingException e) {
            throw refused.apply(LoraFiles.METADATA + " is no JSON", "what diffusers writes");
        }
        int patterns = this.metadata.properties().stream()
                .filter(entry -> entry.getKey().endsWith(PATTERNS))
                .mapToInt(entry -> entry.getValue().size())
                .sum();
        if (patterns > MOST_PATTERNS) {
            throw refused.apply("its alpha_pattern has " + patterns + " expressions", "at most " + MOST_PATTERNS);
        }
    }

    /** Alpha / rank of a layer, {@code <part>.<layer>}; alpha is the rank where the metadata does not say. */
    double scale(String name, long rank) {
        String part = name.substring(0, Math.max(name.indexOf('.'), 0));
        String layer = name.substring(part.length() + (part.isEmpty() ? 0 : 1));
        double alpha = alpha(part, layer).asDouble((double) rank);
        boolean rankStabilised = metadata.path(part + ".use_rslora").asBoolean(); // Kalajdzievski 2023
        return alpha / (rankStabilised ? Math.sqrt((double) rank) : (double) rank);
    }

    /**
     * Layers of another alpha are named by regular expressions for the end of their names, of which the first that fits
     * counts: {@code get_pattern_key} of peft.
     */
    private JsonNode alpha(String part, String layer) {
        return metadata.path(part + PATTERNS).properties().stream()
                .filter(pattern -> names(pattern.getKey(), layer))
                .findFirst()
                .map(Map.Entry::getValue)
                .orElse(metadata.path(part + ".lora_alpha"));
    }

    private boolean names(String pattern, String layer) {
        long begin = System.nanoTime();
        boolean names = expressions.computeIfAbsent(pattern, this::compiled).matches(layer);
        spentNanos += System.nanoTime() - begin;
        if (spentNanos > longest.toNanos()) {
            throw refused.apply(
                    "its alpha_pattern has '" + shown(pattern) + "'", "regular expressions that are soon decided");
        }
        return names;
    }

    /** By RE2, whose time grows with the name and the expression, and not with the ways to read one as the other. */
    private Pattern compiled(String pattern) {
        try {
            if (pattern.chars().filter(c -> c == '{').count() <= MOST_COUNTS) {
                Pattern compiled = Pattern.compile("(.*\\.)?(" + pattern + ")");
                if (compiled.programSize() <= LARGEST_PROGRAM) {
                    return compiled;
                }
            }
            throw refused.apply("its alpha_pattern has '" + shown(pattern) + "'", "a shorter regular expression");
        } catch (PatternSyntaxException | StackOverflowError e) {
            throw refused.apply(
                    "its alpha_pattern has '" + shown(pattern) + "', and RE2 says " + e.getMessage(),
                    "a regular expression without lookaround and back references");
        }
    }

    private static String shown(String pattern) {
        return pattern.length() <= LONGEST_SHOWN ? pattern : pattern.substring(0, LONGEST_SHOWN) + "...";
    }
}
