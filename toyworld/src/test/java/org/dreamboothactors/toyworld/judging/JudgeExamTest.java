package org.dreamboothactors.toyworld.judging;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class JudgeExamTest {
    @Test
    void countsTheShareOfPairsThatAreInOrder() {
        assertThat(JudgeExam.areaUnderCurve(List.of(.9, .8), List.of(.1, .2))).isEqualTo(1);
        assertThat(JudgeExam.areaUnderCurve(List.of(.1), List.of(.2, .3))).isZero();
        assertThat(JudgeExam.areaUnderCurve(List.of(.5), List.of(.5, .2, .9, .5)))
                .isEqualTo(.5);
    }
}
