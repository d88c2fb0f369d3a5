package org.dreamboothactors.deploy.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.dreamboothactors.deploy.UsageException;
import org.dreamboothactors.protocol.v1.PriorPreservation;
import org.dreamboothactors.protocol.v1.RunSpec;
import org.dreamboothactors.protocol.v1.Sampling;
import org.dreamboothactors.protocol.v1.StoredObject;
import org.dreamboothactors.storage.Sha256;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClassImageFolderTest {
    private static final byte[] ONE = {1};
    private static final byte[] TWO = {2};

    @TempDir
    Path folder = Path.of("");

    @Test
    void whatAnInterruptedRunLeftIsNotTakenForTheUsersOwn() throws Exception {
        Path mine = Files.write(folder.resolve("class-1.png"), new byte[] {9});

        assertThatThrownBy(() -> ClassImageFolder.of(folder, run("toy"))
                        .store(List.of(object(ONE), object(TWO)), object -> {
                            if (object.equals(object(TWO))) {
                                throw new IllegalStateException("the store is away");
                            }
                            return ONE;
                        }))
                .hasMessage("the store is away");

        assertThat(folder.resolve("class-0.png")).hasBinaryContent(ONE);
        assertThat(ClassImageFolder.of(folder, run("toy")).own()).containsExactly(mine);
        assertThat(mine).hasBinaryContent(new byte[] {9});
    }

    @Test
    void refusesWhatAnotherModelDrew() {
        ClassImageFolder.of(folder, run("toy")).store(List.of(object(ONE)), _ -> ONE);

        assertThatThrownBy(() -> ClassImageFolder.of(folder, run("other")))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("1 class images that were drawn for an earlier run");
    }

    @Test
    void whatIsThereIsReplacedAsAWholeAndNeverCutShortFirst() throws Exception {
        ClassImageFolder.of(folder, run("toy")).store(List.of(object(ONE)), _ -> ONE);
        Path list = folder.resolve(".class-images");
        String before = Files.readString(list);
        Path oldList = Files.createLink(folder.resolve(".old-list"), list);
        Path oldPicture = Files.createLink(folder.resolve(".old-picture"), folder.resolve("class-0.png"));

        ClassImageFolder.of(folder, run("toy")).store(List.of(object(TWO)), _ -> TWO);

        assertThat(oldList).hasContent(before);
        assertThat(oldPicture).hasBinaryContent(ONE);
        assertThat(list).content().isNotEqualTo(before);
        assertThat(folder.resolve("class-0.png")).hasBinaryContent(TWO);
        assertThat(folder).isDirectoryNotContaining("glob:**.new");
    }

    private static RunDescription run(String baseModel) {
        return new RunDescription(
                Optional.empty(),
                RunSpec.newBuilder()
                        .setClassPrompt("a cat")
                        .setPrior(PriorPreservation.newBuilder().setNumClassImages(2))
                        .build(),
                Optional.of(Path.of(baseModel)),
                Optional.empty(),
                Optional.empty(),
                Sampling.getDefaultInstance(),
                1);
    }

    private static StoredObject object(byte[] content) {
        return StoredObject.newBuilder().setSha256(Sha256.of(content)).build();
    }
}
