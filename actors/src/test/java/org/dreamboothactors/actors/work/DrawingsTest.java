package org.dreamboothactors.actors.work;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.stream.LongStream;
import org.dreamboothactors.protocol.v1.Sampling;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DrawingsTest {
    @ParameterizedTest
    @CsvSource({
        "64, 8, 0, 4",
        "512, 8, 0, 1",
        "64, 3, 0, 3",
        "512, 8, 6, 6",
        "64, 8, 2, 2",
        "512, 3, 6, 3",
        "2048, 8, 6, 1"
    })
    void asManyGoThroughTheModelTogetherAsWasAskedForOrFit(int side, int pictures, int asked, int batch) {
        Sampling sampling = Sampling.newBuilder()
                .setSampler("ddim")
                .setInferenceSteps(2)
                .setGuidanceScale(1)
                .setWidth(side)
                .setHeight(side)
                .setBatchSize(asked)
                .build();

        assertThat(Drawings.of(
                                Collections.nCopies(pictures, "a dog"),
                                LongStream.range(0, pictures).boxed().toList(),
                                sampling)
                        .batch())
                .isEqualTo(batch);
    }

    @Test
    void seedsGoOnBeyondTheHighest() {
        assertThat(Drawings.seeds(Long.MAX_VALUE, 2)).containsExactly(Long.MAX_VALUE, Long.MIN_VALUE);
    }
}
