package org.dreamboothactors.diffusion.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.dreamboothactors.diffusion.conformance.RankedCase.Finding;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(300)
class RankedCaseTest {
    private static final Path CASE = Path.of("src/test/resources/golden/training-prior-b4");

    @TempDir
    Path scratch = Path.of("");

    @ParameterizedTest
    @ValueSource(ints = {2, 4})
    void trainsLikeTheReferenceAndToTheSameBitsAtEveryRank(int ranks) {
        List<Finding> findings = RankedCase.run(CASE, ranks, scratch);

        assertThat(findings).hasSize(ranks).allSatisfy(finding -> {
            assertThat(finding.outcome()).isInstanceOf(CaseResult.Passed.class);
            assertThat(finding.weightsSha256())
                    .hasSize(64)
                    .isEqualTo(findings.getFirst().weightsSha256());
        });
    }

    @Test
    void ranksTrainToTheSameBitsEveryTime() {
        assertThat(RankedCase.run(CASE, 2, scratch)).isEqualTo(RankedCase.run(CASE, 2, scratch));
    }

    @Test
    void refusesABatchThatDoesNotDivide() {
        assertThat(RankedCase.run(CASE, 3, scratch))
                .hasSize(3)
                .allSatisfy(finding ->
                        assertThat(finding.outcome().toString()).contains("a batch of 4 does not divide by 3 ranks"));
    }
}
