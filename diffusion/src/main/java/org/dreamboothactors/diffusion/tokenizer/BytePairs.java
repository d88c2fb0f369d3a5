package org.dreamboothactors.diffusion.tokenizer;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Makes a tokenizer in CLIP's format out of words (byte-pair encoding, Sennrich et al. 2016, over bytes as in GPT-2).
 *
 * <p>Merging goes on until every word is one token. Any other text becomes more tokens, at most one a byte.
 */
public final class BytePairs {
    private static final String WORD_END = "</w>";

    private final List<Pair> merges = new ArrayList<>();

    /** Two neighbours that became one token. */
    private record Pair(String left, String right) implements Comparable<Pair> {
        private static final Comparator<Pair> ORDER =
                Comparator.comparing(Pair::left).thenComparing(Pair::right);

        String merged() {
            return left + right;
        }

        @Override
        public int compareTo(Pair other) {
            return ORDER.compare(this, other);
        }
    }

    /**
     * Learns merges, the most frequent pair first.
     *
     * @param words lower-case ASCII words and how often each occurs
     */
    public BytePairs(Map<String, Integer> words) {
        Map<String, List<String>> spelled = new TreeMap<>();
        for (String word : words.keySet()) {
            if (!word.matches("[a-z]+")) {
                throw new IllegalArgumentException(
                        "Cannot make a tokenizer: '" + word + "' is no word, expected letters a to z");
            }
            spelled.put(word, letters(word));
        }
        Optional<Pair> best = mostFrequent(spelled, words);
        while (best.isPresent()) {
            Pair pair = best.get();
            merges.add(pair);
            spelled.replaceAll((word, tokens) -> merged(tokens, pair));
            best = mostFrequent(spelled, words);
        }
    }

    private static List<String> letters(String word) {
        List<String> letters = new ArrayList<>(List.of(word.split("")));
        letters.set(letters.size() - 1, letters.getLast() + WORD_END);
        return letters;
    }

    private static Optional<Pair> mostFrequent(Map<String, List<String>> spelled, Map<String, Integer> words) {
        TreeMap<Pair, Integer> counts = new TreeMap<>();
        spelled.forEach((word, tokens) -> {
            for (int i = 0; i + 1 < tokens.size(); i++) {
                counts.merge(new Pair(tokens.get(i), tokens.get(i + 1)), words.getOrDefault(word, 1), Integer::sum);
            }
        });
        // Of equally frequent pairs the first in the alphabet, so that the same words give the same tokenizer.
        return counts.entrySet().stream()
                .max(Map.Entry.<Pair, Integer>comparingByValue()
                        .thenComparing(Map.Entry.comparingByKey(Comparator.reverseOrder())))
                .map(Map.Entry::getKey);
    }

    private static List<String> merged(List<String> tokens, Pair pair) {
        List<String> out = new ArrayList<>();
        for (int i = 0; i < tokens.size(); i++) {
            boolean meets = i + 1 < tokens.size()
                    && tokens.get(i).equals(pair.left())
                    && tokens.get(i + 1).equals(pair.right());
            out.add(meets ? pair.merged() : tokens.get(i));
            if (meets) {
                i++;
            }
        }
        return out;
    }

    /** As {@code merges.txt} lists them, first to last. */
    String merges() {
        StringBuilder lines = new StringBuilder("#version: 0.2\n");
        merges.forEach(pair ->
                lines.append(pair.left()).append(' ').append(pair.right()).append('\n'));
        return lines.toString();
    }

    /**
     * Writes a {@code tokenizer} folder, which is made when absent, as transformers reads it.
     *
     * @param length ids that a text becomes
     */
    public void write(Path folder, int length) {
        ClipVocabulary.write(folder, merges(), length);
    }
}
