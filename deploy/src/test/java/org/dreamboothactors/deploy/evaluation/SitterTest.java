package org.dreamboothactors.deploy.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Arrays;
import org.dreamboothactors.diffusion.images.Png;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SitterTest {
    private static final int SIDE = 16;

    @Test
    void isPhotographedInFivePlacesAndDrawnInTheOthers(@TempDir Path folder) {
        Sitter duck = new Sitter(6);

        assertThat(duck.word()).isEqualTo("duck");
        assertThat(duck.writePhotos(folder))
                .hasSize(5)
                .allSatisfy(photo -> assertThat(Png.read(photo).width()).isEqualTo(256));
        assertThat(duck.newPlaces()).hasSize(3).doesNotHaveDuplicates();
        assertThat(duck.newPlaces()).isNotEqualTo(new Sitter(0).newPlaces());
        assertThat(duck.itself(SIDE)).hasSize(3);
        assertThat(duck.others(SIDE))
                .hasSize(8)
                .extracting(other -> Arrays.hashCode(other.rgb()))
                .doesNotHaveDuplicates();
    }

    @Test
    void refusesASubjectThatIsNotHeldOut() {
        assertThatThrownBy(() -> new Sitter(10)).hasMessageContaining("expected 0 to 9");
    }
}
