package org.dreamboothactors.diffusion.weights;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.types.DataType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NumbersTest {
    /** CUDA's, that of fp16, one with a sign, and the usual one. */
    @ParameterizedTest
    @ValueSource(ints = {0x7fffffff, 0x7fffe000, 0xffffffff, 0x7fc00000})
    void noNanBecomesANumber(int bits) {
        assertThat(Numbers.fits(DataType.BFLOAT16, Float.intBitsToFloat(bits))).isFalse();
    }
}
