package org.dreamboothactors.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import org.dreamboothactors.protocol.v1.PriorPreservation;
import org.dreamboothactors.protocol.v1.RunSpec;
import org.dreamboothactors.protocol.v1.SampleRequest;
import org.dreamboothactors.protocol.v1.Training;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestsTest {
    private static final RunSpec SPEC = RunSpec.newBuilder()
            .setInstancePrompt("a photo of a sks teapot")
            .setTraining(Training.newBuilder().setMaxSteps(1))
            .build();

    @TempDir
    Path files;

    @ParameterizedTest
    @ValueSource(strings = {"", "Run", "a_b", "a/b", "..", "a b", "ü", "a\n"})
    void refusesIdsThatCouldNotBePartOfAKey(String id) {
        assertThatThrownBy(() -> Ids.run(id)).hasMessageContaining("run id '" + id + "'");
        assertThatThrownBy(() -> Ids.tenant(id)).hasMessageContaining("tenant '" + id + "'");
    }

    @Test
    void takesIdsOfUpTo64Characters() {
        assertThat(Ids.run("a".repeat(64))).hasSize(64);
        assertThat(Ids.run(Ids.fresh())).isNotEqualTo(Ids.fresh());
        assertThatThrownBy(() -> Ids.run("a".repeat(65))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void refusesASpecThatCannotBeTrained() {
        assertThatCode(() -> Requests.check(SPEC)).doesNotThrowAnyException();
        assertThatThrownBy(() ->
                        Requests.check(SPEC.toBuilder().setInstancePrompt(" ").build()))
                .hasMessageContaining("instance_prompt is empty");
        assertThatThrownBy(() -> Requests.check(SPEC.toBuilder().clearTraining().build()))
                .hasMessageContaining("max_steps is 0, expected at least 1");
        assertThatThrownBy(() -> Requests.check(SPEC.toBuilder()
                        .setPrior(PriorPreservation.getDefaultInstance())
                        .build()))
                .hasMessageContaining("class_prompt is empty");
    }

    @Test
    void refusesTooFewAndTooManyPrompts() {
        assertThatThrownBy(() -> Requests.check(SampleRequest.getDefaultInstance()))
                .hasMessageContaining("0 prompts, expected 1 to 64");
        assertThatThrownBy(() -> Requests.check(SampleRequest.newBuilder()
                        .addAllPrompts(Collections.nCopies(65, "a"))
                        .build()))
                .hasMessageContaining("65 prompts");
    }

    @Test
    void refusesPhotosThatCannotBeSent() throws Exception {
        Path large = files.resolve("large.jpg");
        try (RandomAccessFile file = new RandomAccessFile(large.toFile(), "rw")) {
            file.setLength((64L << 20) + 1);
        }
        Path fits = Files.createFile(files.resolve("fits.jpg"));

        assertThatCode(() -> Uploads.check(List.of(fits))).doesNotThrowAnyException();
        assertThatThrownBy(() -> Uploads.check(List.of())).hasMessageContaining("Cannot upload 0 photos");
        assertThatThrownBy(() -> Uploads.check(Collections.nCopies(201, fits))).hasMessageContaining("201 photos");
        assertThatThrownBy(() -> Uploads.check(List.of(fits, large)))
                .hasMessageContaining("large.jpg: it is larger than 64 MiB");
        assertThatThrownBy(() -> Uploads.check(List.of(files))).hasMessageContaining("it is no file");
        assertThatThrownBy(() -> Uploads.check(List.of(files.resolve("none"))))
                .hasMessageContaining("none: there is no such file");
    }

    @Test
    void knowsARepetitionByItsId() {
        Seen seen = new Seen();

        assertThat(seen.first("a")).isTrue();
        assertThat(seen.first("b")).isTrue();
        assertThat(seen.first("a")).isFalse();
        assertThat(seen.first("")).isTrue();
        assertThat(seen.first("")).as("no id").isTrue();
    }
}
