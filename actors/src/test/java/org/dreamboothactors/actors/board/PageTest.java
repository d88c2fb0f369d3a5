package org.dreamboothactors.actors.board;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the page's files promise for its security. */
class PageTest {

    @Test
    void neverTurnsDataIntoMarkup() throws Exception {
        for (Path file : files("js", "html")) {
            assertThat(Files.readString(file))
                    .as(file.toString())
                    .doesNotContain(
                            "innerHTML",
                            "outerHTML",
                            "insertAdjacentHTML",
                            "document.write",
                            "createContextualFragment",
                            "DOMParser",
                            "eval(",
                            "new Function",
                            "setAttribute('on");
        }
    }

    @Test
    void hasNothingInlineAndNothingFromElsewhere() throws Exception {
        for (Path file : files("html", "css")) {
            assertThat(Files.readString(file))
                    .as(file.toString())
                    .doesNotContain("<style", " style=", "javascript:", "@import", "url(http")
                    .doesNotContainPattern("<script(?![^>]* src=\"/)")
                    .doesNotContainPattern("\\son[a-z]+=")
                    .doesNotContainPattern("(src|href)=\"(?![/#])");
        }
    }

    @Test
    void servesEveryFileOfThePageAndNothingElse() throws Exception {
        Assets assets = new Assets();

        for (Path file : files("html", "css", "js", "svg")) {
            assertThat(assets.at("/" + folder().relativize(file)))
                    .as(file.toString())
                    .isPresent();
        }
        assertThat(assets.at("/vendor/uPlot.LICENSE")).isEmpty();
        assertThat(assets.at("/../logback-test.xml")).isEmpty();
    }

    private static List<Path> files(String... endings) throws IOException, URISyntaxException {
        try (Stream<Path> all = Files.walk(folder())) {
            List<Path> files = all.filter(file -> Stream.of(endings)
                            .anyMatch(ending -> file.toString().endsWith("." + ending)))
                    .toList();
            assertThat(files).isNotEmpty();
            return files;
        }
    }

    private static Path folder() throws URISyntaxException {
        return Path.of(Objects.requireNonNull(Assets.class.getResource("/dashboard/index.html"))
                        .toURI())
                .resolveSibling("");
    }
}
