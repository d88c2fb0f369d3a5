package org.dreamboothactors.toyworld.pretraining;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.List;
import org.dreamboothactors.diffusion.judging.JudgeOpinion;
import org.dreamboothactors.diffusion.kernels.Kernels;
import org.dreamboothactors.toyworld.judging.JudgeExam;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the repository ships is what its cards tell of. */
class BundledModelsTest {
    private static final Path JUDGE = Path.of("..", "judge");
    private static final long UNSEEN = 2002; // neither a world of training nor that of the card's exam

    private Kernels kernels;
    private JudgeOpinion opinion;

    @BeforeEach
    void openTheJudge() {
        kernels = Kernels.open(Runtime.getRuntime().availableProcessors());
        opinion = JudgeOpinion.open(JUDGE, kernels);
    }

    @AfterEach
    void closeIt() {
        opinion.close();
        kernels.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"base-model", "judge"})
    void everyFileHasTheDigestOfTheCard(String model) {
        Path folder = Path.of("..", model);

        assertThat(ModelCard.digests(folder)).isNotEmpty().isEqualTo(ModelCard.toldDigests(folder));
    }

    @Test
    void theJudgeKnowsWhatItSees() {
        JudgeExam exam = JudgeExam.sit(opinion, UNSEEN, opinion.side());

        assertThat(exam.reading().things()).isGreaterThan(.9);
        assertThat(exam.reading().paints()).isGreaterThan(.9);
        assertThat(exam.reading().places()).isGreaterThan(.95);
        assertThat(exam.sameSubject()).isGreaterThan(.95);
    }

    @Test
    void aTextSaysTheSameWhateverIsReadWithIt() {
        String text = "a photo of a mug";
        float[] alone = opinion.read(List.of(text)).getFirst();

        float[] beside = opinion.read(List.of(text, "a photo of a striped purple mushroom on a checkered floor"))
                .getFirst();

        assertThat(beside).containsExactly(alone, within(1e-5f));
    }
}
