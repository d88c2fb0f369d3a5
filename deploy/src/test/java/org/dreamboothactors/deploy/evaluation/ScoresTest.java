package org.dreamboothactors.deploy.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScoresTest {
    private static final Score NEAR = new Score(.2, .8, .65, 5, 6, .1, .15);
    private static final Score FAR = new Score(.2, .8, .35, 4, 6, .1, .4);

    @Test
    void saysHowMuchOfTheWayIsClosedAndHowTheClassDrifts() {
        Scores scores = new Scores(List.of(
                new Scores.Row(new Sitter(0), 1, NEAR, Optional.of(FAR)),
                new Scores.Row(new Sitter(1), 1, FAR, Optional.empty())));

        assertThat(NEAR.closed()).isCloseTo(.75, within(1e-9));
        assertThat(NEAR.drift()).isCloseTo(.05, within(1e-9));
        assertThat(scores.summary())
                .contains("closed 50 %", "in 1 of 2 runs", "place right in 75 % of 12 pictures")
                .contains("class drift +0.050 with prior preservation, +0.300 without");
        assertThat(scores.rows().getFirst().line()).startsWith("teapot").contains("75 %", "5 of  6", "+0.300");
        assertThat(scores.rows().getLast().line()).endsWith("-");
    }

    @Test
    void drawsAFigure(@TempDir Path folder) throws Exception {
        Path png = folder.resolve("figure.png");

        new Scores(List.of(
                        new Scores.Row(new Sitter(0), 1, NEAR, Optional.empty()),
                        new Scores.Row(new Sitter(0), 2, FAR, Optional.empty())))
                .draw(png);

        assertThat(ImageIO.read(png.toFile()).getWidth()).isEqualTo(1200);
    }
}
