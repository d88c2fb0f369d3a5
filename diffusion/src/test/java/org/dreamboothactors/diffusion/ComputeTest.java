package org.dreamboothactors.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.dreamboothactors.diffusion.ComputePrecision.AUTO;
import static org.dreamboothactors.diffusion.ComputePrecision.BF16;
import static org.dreamboothactors.diffusion.ComputePrecision.FP32;
import static org.dreamboothactors.diffusion.training.OptimizerKind.ADAMW;
import static org.dreamboothactors.diffusion.training.OptimizerKind.ADAMW_8BIT;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.dreamboothactors.diffusion.conformance.Conformance;
import org.dreamboothactors.diffusion.kernels.Processor;
import org.dreamboothactors.diffusion.lora.LoraSettings;
import org.dreamboothactors.diffusion.schedulers.SamplerKind;
import org.dreamboothactors.diffusion.training.Fingerprint;
import org.dreamboothactors.diffusion.weights.Safetensors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every way to compute trains the same thing, and each is really another way. */
class ComputeTest {
    private static final Path GOLDEN = Path.of("src/test/resources/golden");
    private static final int THREADS = Runtime.getRuntime().availableProcessors();
    private static final int STEPS = 4;

    @TempDir
    static Path shared;

    private static Path model;
    private static TrainingData data;

    @BeforeAll
    static void makeModelAndLatents() {
        model = shared.resolve("model");
        RandomModel.write(model, RandomModel.Size.TINY, GOLDEN.resolve("clip-tokenizer"));
        data = TrainingData.ofLatents(List.of(latent("photo")), List.of(latent("class")));
    }

    private static Path latent(String name) {
        Path file = shared.resolve(name + ".safetensors");
        try (NDManager manager = NDManager.newBaseManager()) {
            Safetensors.write(
                    Map.of("moments", manager.randomNormal(0, 1, new Shape(8, 8, 8), DataType.FLOAT32)),
                    Map.of(),
                    file);
        }
        return file;
    }

    private static TrainingConfig config(Compute compute, Optional<LoraSettings> lora, boolean trainTextEncoder) {
        Refinements none = Refinements.NONE;
        return new TrainingConfig(
                7,
                STEPS,
                1e-3,
                trainTextEncoder,
                1e-3,
                1,
                0.9,
                0.999,
                1e-8,
                0.01,
                1,
                1,
                true,
                "a photo of a sks teapot",
                "a photo of a teapot",
                new Refinements(2, none.schedule(), none.snrGamma(), 0, none.emaDecay(), lora, compute));
    }

    /** Losses of a whole run and the digest of its weights. */
    private record Run(List<Double> losses, String digest) {}

    private static Run run(TrainingConfig config) {
        try (DreamBoothTrainer trainer = DreamBoothTrainer.open(model, config, data, THREADS)) {
            List<Double> losses = new ArrayList<>();
            for (int i = 0; i < STEPS; i++) {
                losses.add(trainer.trainStep().loss());
            }
            return new Run(losses, trainer.saveState(shared.resolve("end.safetensors")));
        }
    }

    static Stream<Compute> others() {
        return Stream.of(
                new Compute(BF16, ADAMW, false, false, true, false),
                new Compute(BF16, ADAMW_8BIT, true, true, false, false),
                new Compute(FP32, ADAMW, false, true, true, false),
                new Compute(FP32, ADAMW, false, false, false, false),
                new Compute(FP32, ADAMW_8BIT, false, false, true, false),
                new Compute(BF16, ADAMW, false, false, true, true));
    }

    @ParameterizedTest
    @MethodSource("others")
    void followsPlainTrainingInOtherBits(Compute compute) {
        Run plain = run(config(Compute.PLAIN, Optional.empty(), true));
        Run other = run(config(compute, Optional.empty(), true));

        assertThat(other.digest()).isNotEqualTo(plain.digest());
        for (int i = 0; i < STEPS; i++) {
            assertThat(other.losses().get(i) / plain.losses().get(i)).isBetween(0.98, 1.02);
        }
    }

    @ParameterizedTest
    @MethodSource("others")
    void goesOnFromAStateBitForBitAndDraws(Compute compute, @TempDir Path folder) {
        TrainingConfig config = config(compute, Optional.empty(), true);
        String undisturbed = run(config).digest();
        try (DreamBoothTrainer first = DreamBoothTrainer.open(model, config, data, THREADS)) {
            first.trainStep();
            first.saveState(folder.resolve("1"));
        }
        try (DreamBoothTrainer second = DreamBoothTrainer.open(model, config, data, THREADS)) {
            second.restore(folder.resolve("1"));
            second.draw(drawing(), folder.resolve("drawn"), (done, total) -> {});
            for (int i = 1; i < STEPS; i++) {
                second.trainStep();
            }
            assertThat(second.saveState(folder.resolve("end"))).isEqualTo(undisturbed);
            second.saveCheckpoint(folder.resolve("checkpoint"));
        }
        assertThat(folder.resolve("drawn/0.png")).exists();
        CheckpointCheck.load(folder.resolve("checkpoint"), THREADS);
    }

    private static Drawing drawing() {
        return new Drawing(List.of("a teapot"), List.of(1L), SamplerKind.DDIM, 2, 0, 5, "", 32, 32, 1);
    }

    @Test
    void checkpointingActivationsChangesNoBitInBf16Either() {
        Compute kept = new Compute(BF16, ADAMW, false, false, true, false);
        Compute again = new Compute(BF16, ADAMW, true, false, true, false);

        assertThat(run(config(again, Optional.empty(), true)).digest())
                .isEqualTo(run(config(kept, Optional.empty(), true)).digest());
    }

    @Test
    void besideAdaptersTheBaseModelIsWrittenAsItWas(@TempDir Path folder) {
        Compute compute = new Compute(BF16, ADAMW, false, true, true, false);
        TrainingConfig config = config(compute, Optional.of(LoraSettings.attention(2, 1)), false);
        try (DreamBoothTrainer trainer = DreamBoothTrainer.open(model, config, data, THREADS);
                NDManager manager = NDManager.newBaseManager()) {
            trainer.trainStep();
            trainer.trainStep();
            trainer.saveCheckpoint(folder);
            String file = "unet/diffusion_pytorch_model.safetensors";
            Safetensors before = Safetensors.open(model.resolve(file));
            Safetensors after = Safetensors.open(folder.resolve(file));

            assertThat(after.fp32("conv_in.weight", manager).toFloatArray())
                    .isEqualTo(before.fp32("conv_in.weight", manager).toFloatArray());
            String adapted = after.names().stream()
                    .filter(name -> name.endsWith("attn1.to_q.weight"))
                    .findFirst()
                    .orElseThrow();
            float[] ours = after.fp32(adapted, manager).toFloatArray();
            float[] base = before.fp32(adapted, manager).toFloatArray();
            assertThat(ours).isNotEqualTo(base);
            for (int i = 0; i < ours.length; i++) { // a step or two of 1e-3 in A and B moves little
                assertThat(ours[i]).isBetween(base[i] - 0.05f, base[i] + 0.05f);
            }
        }
    }

    @Test
    void bf16StaysNearTheReference() {
        Compute compute = new Compute(BF16, ADAMW, false, false, true, false);
        assertThat(Conformance.run(GOLDEN, Set.of("training"), compute, result -> {}))
                .isNotEmpty()
                .allSatisfy(
                        result -> assertThat(result.passed()).as("%s", result).isTrue());
    }

    @ParameterizedTest
    @MethodSource("exact")
    void otherOrdersOfTheSameSumsHoldTheReferencesTolerance(Compute compute) {
        assertThat(Conformance.run(GOLDEN, Set.of("unet"), compute, result -> {}))
                .isNotEmpty()
                .allSatisfy(
                        result -> assertThat(result.passed()).as("%s", result).isTrue());
    }

    static Stream<Compute> exact() {
        return Stream.of(
                new Compute(FP32, ADAMW, false, true, true, false),
                new Compute(FP32, ADAMW, false, false, false, false),
                new Compute(FP32, ADAMW, false, false, true, true));
    }

    @Test
    void decidesByTheProcessorAndSaysSo() {
        Compute auto = Compute.PLAIN.in(AUTO);
        TrainingConfig config = config(auto, Optional.empty(), false);
        try (DreamBoothTrainer trainer = DreamBoothTrainer.open(model, config, data, THREADS)) {
            assertThat(Fingerprint.precision(trainer.environment()))
                    .contains(Processor.here().multipliesBf16() ? BF16 : FP32);
        }
        assertThat(Fingerprint.precision("cpu=avx2 threads=2 libtorch=2.7.1 precision=bf16"))
                .contains(BF16);
        assertThat(Fingerprint.precision("something older")).isEmpty();
    }

    @Test
    void refusesAWholeGraphWithoutBlocksToForget() {
        assertThatThrownBy(() -> new Compute(FP32, ADAMW, true, false, true, true))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("activation checkpointing");
    }
}
