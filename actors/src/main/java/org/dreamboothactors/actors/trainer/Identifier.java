package org.dreamboothactors.actors.trainer;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The words that mean the subject and nothing else: those of the instance prompt that the class prompt lacks.
 *
 * @param words at least one
 */
record Identifier(List<String> words) {
    Identifier {
        words = List.copyOf(words);
    }

    /** Empty when the prompts do not tell. */
    static Optional<Identifier> of(String instancePrompt, String classPrompt) {
        List<String> words = split(instancePrompt);
        split(classPrompt).forEach(words::remove);
        return classPrompt.isBlank() || words.isEmpty() ? Optional.empty() : Optional.of(new Identifier(words));
    }

    boolean isIn(String prompt) {
        return split(prompt).containsAll(words);
    }

    /** The prompt as somebody says it who does not know the subject. */
    String leftOutOf(String prompt) {
        List<String> rest = split(prompt);
        words.forEach(rest::remove);
        return String.join(" ", rest);
    }

    private static List<String> split(String prompt) {
        return new ArrayList<>(List.of(prompt.strip().split("\\s+", -1)));
    }
}
