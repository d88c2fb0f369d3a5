package org.dreamboothactors.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class ReadmeTest {
    /** A line of a block of commands, alone or within {@code RUN=$(...)}. */
    private static final Pattern COMMAND = Pattern.compile("(?m)^(?:RUN=\\$\\()?\\./dreambooth ([^#)\n]*)");

    private static final Pattern WORD = Pattern.compile("\"([^\"]*)\"|(\\S+)");
    /** What the launcher does without this program. */
    private static final List<String> OF_THE_LAUNCHER = List.of("test", "mvn");

    @Test
    void showsCommandsThatThereAre() throws IOException {
        String text = Files.readString(Path.of("../README.md")).replace("\\\n", " ");

        List<List<String>> commands = COMMAND.matcher(text)
                .results()
                .map(line -> words(line.group(1)))
                .filter(words -> !OF_THE_LAUNCHER.contains(words.getFirst()))
                .toList();

        assertThat(commands).extracting(List::getFirst).contains("demo", "serve", "submit", "watch", "checkpoint");
        for (List<String> command : commands) {
            CommandLine line = Main.commandLine();
            assertThatCode(() -> line.parseArgs(command.toArray(String[]::new)))
                    .as(String.join(" ", command))
                    .doesNotThrowAnyException();
        }
    }

    private static List<String> words(String line) {
        return WORD.matcher(line)
                .results()
                .map(MatchResult::group)
                .map(word -> word.replace("\"", ""))
                .toList();
    }
}
