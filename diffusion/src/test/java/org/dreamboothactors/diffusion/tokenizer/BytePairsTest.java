package org.dreamboothactors.diffusion.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BytePairsTest {
    private static final int ENDS = 2; // begin and end of a text

    @Test
    void mergesTheMostFrequentPairFirst() {
        BytePairs pairs = new BytePairs(Map.of("red", 5, "bed", 3, "be", 4));

        // ed 8, then re 5 against be 4: "r" with "ed" is 5 too, and "b" comes before "r".
        assertThat(pairs.merges().lines())
                .containsExactly("#version: 0.2", "e d</w>", "r ed</w>", "b e</w>", "b ed</w>");
    }

    @Test
    void makesWordsOneTokenAndAnyTextTokensOfItsOwn(@TempDir Path folder) {
        new BytePairs(Map.of("photo", 3, "of", 9, "a", 9, "teapot", 1, "duck", 1)).write(folder, 24);

        try (ClipTokenizer tokenizer = ClipTokenizer.open(folder)) {
            assertThat(tokenizer.untruncatedLength("a photo of a teapot")).isEqualTo(5 + ENDS);
            assertThat(tokenizer.untruncatedLength("sks duck")).isEqualTo(3 + 1 + ENDS);
            long unknown = tokenizer.ids("")[1];
            Set<Integer> texts = new HashSet<>();
            for (String text : new String[] {"ü", "é", "日", "\u0001", "!", "7"}) {
                long[] ids = tokenizer.ids(text);
                assertThat(ids[1]).as(text).isNotEqualTo(unknown);
                texts.add(java.util.Arrays.hashCode(ids));
            }
            assertThat(texts).hasSize(6);
        }
    }

    @Test
    void refusesWhatIsNoWord() {
        assertThatThrownBy(() -> new BytePairs(Map.of("two words", 1))).hasMessageContaining("'two words'");
    }
}
