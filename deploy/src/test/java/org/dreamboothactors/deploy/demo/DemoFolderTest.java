package org.dreamboothactors.deploy.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.dreamboothactors.deploy.UsageException;
import org.dreamboothactors.deploy.local.DataDirectory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DemoFolderTest {
    @TempDir
    Path folder = Path.of("");

    @Test
    void whatADemoBeganWithIsEmptied() throws IOException {
        DemoFolder demo = new DemoFolder(folder.resolve("new"), folder.resolve("usual"));
        demo.take().close();
        Path kept = keep(folder.resolve("new/s3"));
        Path notes = Files.createFile(folder.resolve("new/notes"));

        demo.takeEmptied().close();
        demo.takeEmptied().close(); // the mark stays

        assertThat(kept).doesNotExist();
        assertThat(notes).exists();
    }

    @Test
    void theUsualOneOfAnEarlierVersionIsEmptied() throws IOException {
        Path kept = keep(folder.resolve("usual/s3"));

        new DemoFolder(folder.resolve("usual"), folder.resolve("usual"))
                .takeEmptied()
                .close();

        assertThat(kept).doesNotExist();
    }

    @Test
    void whatIsOfOthersIsNotEmptiedEvenAfterADemoUsedIt() throws IOException {
        Path theirs = keep(folder.resolve("service/s3"));
        DemoFolder demo = new DemoFolder(folder.resolve("service"), folder.resolve("usual"));
        demo.take().close();

        assertThatThrownBy(demo::takeEmptied)
                .isInstanceOf(UsageException.class)
                .hasMessageStartingWith(
                        "Cannot use --fresh: " + folder.resolve("service") + " holds files and no .demo");

        assertThat(theirs).exists();
    }

    @ParameterizedTest
    @ValueSource(strings = {"new", "usual"})
    void whatAServiceTookOverIsNotEmptied(String name) throws IOException {
        DemoFolder demo = new DemoFolder(folder.resolve(name), folder.resolve("usual"));
        try (DataDirectory data = demo.take()) {
            DemoFolder.leaveTo(data);
        }
        Path theirs = keep(folder.resolve(name + "/s3"));
        demo.take().close();

        assertThatThrownBy(demo::takeEmptied).isInstanceOf(UsageException.class);

        assertThat(theirs).exists();
    }

    private static Path keep(Path folder) throws IOException {
        return Files.createFile(Files.createDirectories(folder).resolve("kept"));
    }
}
