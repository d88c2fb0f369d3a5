package org.dreamboothactors.diffusion.training;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SampleTest {
    /** A trainer's heap is 1 GiB; 3,000 class images at 1024 pixels are one and a half. */
    @Test
    void keepsLatentsBesideTheHeap() {
        float[] moments = {1, -2, 0.5f};
        Sample.Latent latent = Sample.Latent.of("a", moments);

        assertThat(latent.kept().isNative()).isTrue();
        assertThat(latent.kept().byteSize()).isEqualTo(12);
        assertThat(latent.moments(3, 1)).containsExactly(moments);
    }
}
