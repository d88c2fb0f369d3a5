package org.dreamboothactors.actors.trainer;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The words that mean the subject and nothing else: those of the instance prompt that the class prompt lacks. Case and
 * punctuation at a word's ends do not matter, as they do not to the model's tokenizer.
 *
 * @param words at least one, in lower case
 */
record Identifier(List<String> words) {
    private static final Pattern ENDS = Pattern.compile("^\\p{Punct}+|\\p{Punct}+$");

    Identifier {
        words = List.copyOf(words);
    }

    /** Empty when the prompts do not tell. */
    static Optional<Identifier> of(String instancePrompt, String classPrompt) {
        List<String> words = plain(instancePrompt);
        plain(classPrompt).forEach(words::remove);
        return classPrompt.isBlank() || words.isEmpty() ? Optional.empty() : Optional.of(new Identifier(words));
    }

    /** Whether a prompt asks for the subject. */
    boolean isIn(String prompt) {
        return plain(prompt).containsAll(words);
    }

    /** Whether a prompt may ask for the subject: it has some of the words. */
    boolean isPartlyIn(String prompt) {
        return plain(prompt).stream().anyMatch(words::contains);
    }

    /** The prompt as somebody says it who does not know the subject. */
    String leftOutOf(String prompt) {
        List<String> left = new ArrayList<>(words);
        return split(prompt).filter(word -> !left.remove(plainWord(word))).collect(Collectors.joining(" "));
    }

    private static List<String> plain(String prompt) {
        return split(prompt).map(Identifier::plainWord).collect(Collectors.toCollection(ArrayList::new));
    }

    private static String plainWord(String word) {
        return ENDS.matcher(word).replaceAll("").toLowerCase(Locale.ROOT);
    }

    private static Stream<String> split(String prompt) {
        return Stream.of(prompt.strip().split("\\s+", -1));
    }
}
