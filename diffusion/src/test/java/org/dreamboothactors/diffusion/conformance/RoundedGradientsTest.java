package org.dreamboothactors.diffusion.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.types.Shape;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RoundedGradientsTest {
    private static final RoundedGradients ROUNDED = new RoundedGradients(8, List.of("unet.mid_block."));

    @ParameterizedTest
    @CsvSource({
        "text_encoder.text_model.encoder.layers.0.self_attn.k_proj.bias, 16, true",
        "text_encoder.text_model.encoder.layers.0.self_attn.q_proj.bias, 16, false",
        "unet.down_blocks.0.resnets.0.conv1.bias, 8, true",
        "unet.down_blocks.0.resnets.0.time_emb_proj.weight, 8, true",
        "unet.down_blocks.0.resnets.0.conv2.bias, 8, false",
        "unet.down_blocks.1.resnets.0.conv1.bias, 16, false",
        "unet.mid_block.attentions.0.transformer_blocks.0.attn1.to_q.weight, 16, true",
        "unet.mid_block.attentions.0.transformer_blocks.0.attn1.to_v.weight, 16, false",
        "unet.mid_block.attentions.0.transformer_blocks.0.attn2.to_q.weight, 16, false",
        "unet.up_blocks.1.attentions.0.transformer_blocks.0.attn1.to_q.weight, 16, false",
    })
    void knowsWhatIsZeroButForRounding(String parameter, long channels, boolean rounded) {
        assertThat(ROUNDED.decides(parameter, new Shape(channels, 4))).isEqualTo(rounded);
    }
}
