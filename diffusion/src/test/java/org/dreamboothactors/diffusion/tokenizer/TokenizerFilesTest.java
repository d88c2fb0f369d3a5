package org.dreamboothactors.diffusion.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Against transformers' CLIPTokenizer, by the files beside a vocabulary: {@code golden/make_tokenizer_files.py}. */
class TokenizerFilesTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    static Stream<JsonNode> cases() throws IOException {
        Path file = Path.of("src/test/resources/golden/tokenizer-files.json");
        return StreamSupport.stream(JSON.readTree(file.toFile()).spliterator(), false);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void givesTheIdsOfTransformers(JsonNode reference, @TempDir Path folder) throws IOException {
        for (Map.Entry<String, JsonNode> file : reference.path("files").properties()) {
            JsonNode content = file.getValue();
            Files.writeString(
                    folder.resolve(file.getKey()), content.isTextual() ? content.asText() : content.toString());
        }
        try (ClipTokenizer tokenizer = ClipTokenizer.open(folder)) {
            for (Map.Entry<String, JsonNode> row : reference.path("rows").properties()) {
                assertThat(tokenizer.ids(row.getKey()))
                        .as(reference.path("name").asText() + ": " + row.getKey())
                        .isEqualTo(JSON.treeToValue(row.getValue(), long[].class));
            }
        }
    }
}
