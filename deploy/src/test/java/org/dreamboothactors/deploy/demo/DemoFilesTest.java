package org.dreamboothactors.deploy.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.dreamboothactors.deploy.run.Photos;
import org.dreamboothactors.deploy.run.RunDescription;
import org.dreamboothactors.deploy.run.RunOptions;
import org.dreamboothactors.protocol.v1.RunSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoFilesTest {
    private static final DemoFiles BUNDLED = DemoFiles.below(Path.of("..").toAbsolutePath());

    @TempDir
    Path folder = Path.of("");

    @Test
    void bundledNumbersAndPromptsAreARun() {
        RunDescription run = new RunOptions().describe(List.of(BUNDLED.run()));
        SheetPrompts prompts = SheetPrompts.read(BUNDLED.prompts(), run.spec());

        assertThat(run.spec().getInstancePrompt()).isEqualTo("a photo of a sks teapot");
        assertThat(run.spec().getPrior().getSampling()).isEqualTo(run.sampling());
        assertThat(prompts.subject()).contains("a photo of a sks teapot").allMatch(text -> text.contains("sks teapot"));
        assertThat(prompts.ofClass()).contains("a photo of a teapot").noneMatch(text -> text.contains("sks"));
        assertThat(Photos.in(BUNDLED.photos())).hasSize(5);
    }

    @Test
    void anotherSubjectTakesThePlaceOfTheTeapot() {
        RunSpec dog = RunSpec.newBuilder()
                .setInstancePrompt("a photo of a xyz dog")
                .setClassPrompt("a photo of a dog")
                .build();

        SheetPrompts prompts = SheetPrompts.read(BUNDLED.prompts(), dog);

        assertThat(prompts.all()).noneMatch(text -> text.contains("teapot") || text.contains("{"));
        assertThat(prompts.subject()).contains("a photo of a xyz dog in the snow");
    }

    @Test
    void refusesAPromptThatIsNeitherOfTheSubjectNorOfItsClass() throws IOException {
        Path file = Files.writeString(folder.resolve("prompts.txt"), "a photo of a boat\n");

        assertThatThrownBy(() -> SheetPrompts.read(file, RunSpec.getDefaultInstance()))
                .hasMessageContaining("\"a photo of a boat\" names neither {subject} nor {class}");
    }
}
