package org.dreamboothactors.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import org.dreamboothactors.protocol.v1.TrainingYielded;
import org.junit.jupiter.api.Test;

class YieldTextTest {
    @Test
    void tellsTheReasonWhereThereIsOne() {
        TrainingYielded.Builder yielded = TrainingYielded.newBuilder().setStep(40);

        assertThat(YieldText.of(yielded.build())).isEqualTo("training yields at step 40");
        assertThat(YieldText.of(yielded.setReason("a run that goes first waits").build()))
                .isEqualTo("training yields at step 40: a run that goes first waits");
    }
}
