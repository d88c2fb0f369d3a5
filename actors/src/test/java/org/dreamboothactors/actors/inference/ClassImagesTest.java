package org.dreamboothactors.actors.inference;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.dreamboothactors.diffusion.ComputePrecision;
import org.dreamboothactors.protocol.v1.ClassImageGroup;
import org.dreamboothactors.protocol.v1.Sampling;
import org.junit.jupiter.api.Test;

class ClassImagesTest {

    @Test
    void thoseOfAPrecisionThatWasAskedForAreKeptApart() {
        assertThat(List.of(prefix("auto"), prefix("32"), prefix("bf16"))).doesNotHaveDuplicates();
        assertThat(prefix("")).isEqualTo(prefix("auto"));
    }

    @Test
    void areDrawnAsTheRunAsks() {
        assertThat(ClassImages.precision(group(""))).isEqualTo(ComputePrecision.AUTO);
        assertThat(ClassImages.precision(group("32"))).isEqualTo(ComputePrecision.FP32);
        assertThat(ClassImages.precision(group("bf16"))).isEqualTo(ComputePrecision.BF16);
    }

    private static String prefix(String precision) {
        return ClassImages.prefix(group(precision), "digest of the model");
    }

    private static ClassImageGroup group(String precision) {
        return ClassImageGroup.newBuilder()
                .setClassPrompt("a photo of a teapot")
                .setSampling(Sampling.newBuilder().setSampler("ddim").setInferenceSteps(5))
                .setGroupSize(4)
                .setPrecision(precision)
                .build();
    }
}
