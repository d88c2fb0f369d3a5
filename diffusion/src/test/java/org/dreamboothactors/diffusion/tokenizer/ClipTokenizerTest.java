package org.dreamboothactors.diffusion.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClipTokenizerTest {
    private static final Path GOLDEN = Path.of("src/test/resources/golden");

    @Test
    void givesTheIdsOfTransformers() throws IOException {
        JsonNode rows = new ObjectMapper()
                .readTree(GOLDEN.resolve("tokenizer/case.json").toFile())
                .get("rows");
        try (ClipTokenizer tokenizer = ClipTokenizer.open(GOLDEN.resolve("clip-tokenizer"))) {
            for (JsonNode row : rows) {
                String text = row.get("text").asText();
                long[] ids = StreamSupport.stream(row.get("ids").spliterator(), false)
                        .mapToLong(JsonNode::asLong)
                        .toArray();
                assertThat(tokenizer.ids(text)).as(text).isEqualTo(ids);
                assertThat(tokenizer.untruncatedLength(text))
                        .as(text)
                        .isEqualTo(row.get("untruncated_length").asInt());
            }
        }
    }

    @Test
    void takesLengthAndPaddingFromTheConfiguration(@TempDir Path folder) throws IOException {
        Files.writeString(
                folder.resolve("vocab.json"),
                "{\"!\":0,\"a\":1,\"b\":2,\"a</w>\":3,\"b</w>\":4,\"ab</w>\":5,\"<|startoftext|>\":6,\"<|endoftext|>\":7}");
        Files.writeString(folder.resolve("merges.txt"), "#version: 0.2\na b</w>\n");
        Files.writeString(
                folder.resolve("tokenizer_config.json"),
                "{\"model_max_length\":5,\"pad_token\":\"!\",\"eos_token\":{\"content\":\"<|endoftext|>\"}}");
        try (ClipTokenizer tokenizer = ClipTokenizer.open(folder)) {
            assertThat(tokenizer.ids("AB")).containsExactly(6, 5, 7, 0, 0);
            assertThat(tokenizer.ids("ab ab ab ab")).containsExactly(6, 5, 5, 5, 7);
        }
    }

    @Test
    void refusesTokensThatTheTextEncoderHasNoEmbeddingFor(@TempDir Path folder) throws IOException {
        ClipVocabulary.write(folder);
        Files.writeString(folder.resolve("added_tokens.json"), "{\"<cat-toy>\": 49408}");

        ClipTokenizer.open(folder, 49409).close();
        assertThat(ClipTokenizer.size(folder)).isEqualTo(49409);
        assertThatThrownBy(() -> ClipTokenizer.open(folder, 49408))
                .hasMessageContaining("<cat-toy> has the id 49408, expected ids below 49408");
    }

    @Test
    void refusesAnAddedTokenWhoseIdTheVocabularyCannotGive(@TempDir Path folder) throws IOException {
        ClipVocabulary.write(folder);
        Files.writeString(folder.resolve("added_tokens.json"), "{\"<cat-toy>\": 49409}");

        assertThatThrownBy(() -> ClipTokenizer.open(folder))
                .hasMessageContaining("<cat-toy>: its id is 49409, expected 49408");
    }

    @Test
    void givesAWordAllOfItsLearnedVectors(@TempDir Path folder) throws IOException {
        ClipVocabulary.write(folder);
        Files.writeString(
                folder.resolve("added_tokens.json"), "{\"<cat>\": 49408, \"<cat>_1\": 49409, \"<cat>_2\": 49410}");

        try (ClipTokenizer tokenizer = ClipTokenizer.open(folder)) {
            long[] all = tokenizer.ids("a <cat> <cat>_1 <cat>_2 and a dog");

            assertThat(all).contains(49408, 49409, 49410);
            assertThat(tokenizer.ids("a <cat> and a dog")).isEqualTo(all);
            assertThat(tokenizer.untruncatedLength("a <cat>")).isEqualTo(6);
            assertThat(tokenizer.ids("a dog")).doesNotContain(49408, 49409, 49410);
        }
    }
}
