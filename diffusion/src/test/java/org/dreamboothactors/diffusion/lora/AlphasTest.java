package org.dreamboothactors.diffusion.lora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class AlphasTest {
    private static final String LAYER = "unet.down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_q";

    @Test
    void takesTheFirstExpressionThatNamesTheEndOfALayer() {
        Alphas alphas =
                alphas("{\"unet.lora_alpha\":3,\"unet.alpha_pattern\":{\"o_q\":5,\"attn1.to_q\":6,\"to_q\":7}}");

        assertThat(alphas.scale(LAYER, 2)).isEqualTo(3);
        assertThat(alphas.scale("unet.mid.to_q", 2)).isEqualTo(3.5);
        assertThat(alphas.scale("unet.mid.o_q", 2)).isEqualTo(2.5);
        assertThat(alphas.scale("unet.mid.to_k", 2)).isEqualTo(1.5);
        assertThat(alphas.scale("lora_unet_mid", 2)).isEqualTo(1);
    }

    /** Java's own expressions would take years, the second without a look at the name. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "(.*)(.*)(.*)(.*)(.*)(.*)(.*)(.*)(.*)(.*)!",
                "(|)(|)(|)(|)(|)(|)(|)(|)(|)(|)(|)(|)(|)(|)(|)(|)(|)(|)(|)(|)(|)(|)(|)(|)(|)(|)(|)(|)(|)(|)(|)(|)!",
                "(((.*.)*.)*.)*!"
            })
    void triesNoWayTwice(String pattern) {
        assertThat(alphas(patterns(1, pattern)).scale(LAYER, 2)).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"(.?){999}((.?){99}){99}", "((.?){999}){999}", "(((.?){99}){99}){99}", "a{1001}"})
    void refusesExpressionsThatAreProgramsWithoutEnd(String pattern) {
        Alphas alphas = alphas(patterns(1, pattern));

        assertThatThrownBy(() -> alphas.scale(LAYER, 2)).hasMessageContaining("alpha_pattern has '" + pattern);
    }

    @Test
    void refusesExpressionsThatTogetherTakeForEver() {
        Alphas alphas = new Alphas(patterns(1000, "(.?){999}!"), AlphasTest::refused, Duration.ofMillis(300));

        assertThatThrownBy(() -> IntStream.range(0, 1000).forEach(_ -> alphas.scale(LAYER, 2)))
                .hasMessageContaining("alpha_pattern has '(.?){999}!")
                .hasMessageContaining("soon decided");
    }

    @Test
    void decidesAsManyExpressionsAsAModelHasLayers() {
        Alphas alphas = alphas(patterns(300, "down_blocks\\\\.0\\\\.attentions\\\\.0.*attn1.to_k"));

        IntStream.range(0, 300).forEach(_ -> assertThat(alphas.scale(LAYER, 2)).isEqualTo(1));
    }

    @Test
    void refusesMoreExpressionsThanLayers() {
        assertThatThrownBy(() -> alphas(patterns(1001, "a"))).hasMessageContaining("1001 expressions, at most 1000");
    }

    @Test
    void refusesMetadataThatIsNoneOfAModel() {
        assertThatThrownBy(() -> alphas("[" + "[],".repeat(400_000) + "[]]"))
                .hasMessageContaining("1200004 characters, at most 1048576");
    }

    @Test
    void namesAnExpressionThatItDoesNotUnderstand() {
        Alphas alphas = alphas(patterns(1, "(?!a)"));

        assertThatThrownBy(() -> alphas.scale(LAYER, 2))
                .hasMessageContaining("has '(?!a)0', and RE2 says")
                .hasMessageContaining("without lookaround");
    }

    private static Alphas alphas(String metadata) {
        return new Alphas(metadata, AlphasTest::refused);
    }

    private static IllegalArgumentException refused(String what, String expected) {
        return new IllegalArgumentException(what + ", " + expected);
    }

    private static String patterns(int count, String pattern) {
        return IntStream.range(0, count)
                .mapToObj(i -> "\"" + pattern + i + "\":6")
                .collect(Collectors.joining(",", "{\"unet.alpha_pattern\":{", "}}"));
    }
}
