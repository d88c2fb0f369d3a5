package org.dreamboothactors.actors.intake;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ShownNameTest {
    @Test
    void keepsWhatPeopleCanRead() {
        assertThat(ShownName.of("../../etc/Größe 🐕 <b>.jpg")).isEqualTo("../../etc/Größe 🐕 <b>.jpg");
    }

    @Test
    void dropsWhatMovesACursorOrTurnsTextAround() {
        assertThat(ShownName.of("a\r\nb\u001b[31mc\u0000\u202ed\u2028e\u200bf")).isEqualTo("ab[31mcdef");
    }

    @Test
    void endsAfterTwoHundredCharactersAndCutsNoneInHalf() {
        assertThat(ShownName.of("x".repeat(1_000_000))).hasSize(200);
        assertThat(ShownName.of("🐕".repeat(500))).isEqualTo("🐕".repeat(200));
    }
}
