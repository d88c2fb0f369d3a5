package org.dreamboothactors.actors.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class IdentifierTest {
    private static final Identifier SKS =
            Identifier.of("a photo of a sks cup", "a photo of a cup").orElseThrow();

    @Test
    void isWhatTheClassPromptLacks() {
        assertThat(SKS.words()).containsExactly("sks");
        assertThat(SKS.isIn("sks cup on the moon")).isTrue();
        assertThat(SKS.isIn("a cup on the moon")).isFalse();
    }

    @Test
    void isLeftOutOfWhatTheJudgeReads() {
        assertThat(SKS.leftOutOf("a  sks cup on the moon")).isEqualTo("a cup on the moon");
        assertThat(SKS.leftOutOf("a cup")).isEqualTo("a cup");
    }

    @Test
    void doesNotDependOnCaseOrPunctuation() {
        assertThat(SKS.isIn("Portrait of SKS, in oil")).isTrue();
        assertThat(SKS.leftOutOf("Portrait of SKS, in oil")).isEqualTo("Portrait of in oil");
        assertThat(Identifier.of("A photo of a Sks cup.", "a photo of a cup")).contains(SKS);
    }

    @Test
    void mayBePartlyInAPrompt() {
        Identifier whole = Identifier.of("a photo of a sks dog", "dog").orElseThrow();

        assertThat(whole.isIn("sks dog on the beach")).isFalse();
        assertThat(whole.isPartlyIn("sks dog on the beach")).isTrue();
        assertThat(whole.isPartlyIn("dog on the beach")).isFalse();
    }

    @Test
    void mayBeSeveralWords() {
        Identifier blue =
                Identifier.of("photo of ohwx blue cup", "photo of cup").orElseThrow();

        assertThat(blue.isIn("a blue cup")).isFalse();
        assertThat(blue.leftOutOf("ohwx blue cup in blue snow")).isEqualTo("cup in blue snow");
    }

    @Test
    void isNotKnownWithoutAClassPromptThatDiffers() {
        assertThat(Identifier.of("a photo of a sks cup", "")).isEmpty();
        assertThat(Identifier.of("a photo of a cup", "a photo of a cup")).isEmpty();
    }
}
