package org.dreamboothactors.diffusion.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProcessorTest {

    @ParameterizedTest
    @CsvSource({"amx_bf16,true", "avx512_bf16,true", "avx512f,false", "avx2,false", "asimd,false", "amd64,false"})
    void bf16IsMultipliedWhereInstructionsForItAre(String instructions, boolean multiplies) {
        assertThat(new Processor("any", instructions).multipliesBf16()).isEqualTo(multiplies);
    }

    @Test
    void thisOneIsAlwaysTheSame() {
        assertThat(Processor.here()).isEqualTo(Processor.here());
    }
}
