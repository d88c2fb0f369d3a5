package org.dreamboothactors.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.Set;
import org.dreamboothactors.diffusion.images.Crop;
import org.dreamboothactors.diffusion.images.Png;
import org.dreamboothactors.diffusion.images.RgbImage;
import org.dreamboothactors.diffusion.lora.LoraFiles;
import org.dreamboothactors.diffusion.lora.LoraSettings;
import org.dreamboothactors.diffusion.schedulers.SamplerKind;
import org.dreamboothactors.diffusion.training.LearningRateSchedule;
import org.dreamboothactors.diffusion.training.OptimizerKind;
import org.dreamboothactors.diffusion.weights.Safetensors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DreamBoothTrainerTest {
    private static final Path TOKENIZER = Path.of("src/test/resources/golden/clip-tokenizer");
    private static final int THREADS = Runtime.getRuntime().availableProcessors();

    @TempDir
    static Path shared;

    private static Path model;
    private static TrainingData data;

    @BeforeAll
    static void makeModelAndLatents() {
        model = shared.resolve("model");
        RandomModel.write(model, RandomModel.Size.TINY, TOKENIZER);
        try (StableDiffusion diffusion = StableDiffusion.open(model, THREADS)) {
            data = TrainingData.ofLatents(latents(diffusion, "photo", 3), latents(diffusion, "class", 5));
        }
    }

    private static List<Path> latents(StableDiffusion diffusion, String name, int count) {
        List<Path> files = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            byte[] rgb = new byte[40 * 32 * RgbImage.CHANNELS];
            new Random(name.hashCode() + i).nextBytes(rgb);
            Path png = shared.resolve(name + i + ".png");
            Png.write(new RgbImage(40, 32, rgb), png);
            Path moments = shared.resolve(name + i + ".safetensors");
            diffusion.encode(png, moments, Crop.center(32));
            files.add(moments);
        }
        return files;
    }

    private static TrainingConfig config(boolean trainTextEncoder, double learningRate) {
        return config(trainTextEncoder, learningRate, Refinements.NONE);
    }

    private static TrainingConfig config(boolean trainTextEncoder, double learningRate, Refinements refinements) {
        return config(trainTextEncoder, learningRate, learningRate, refinements);
    }

    private static TrainingConfig config(
            boolean trainTextEncoder, double learningRate, double textEncoderLearningRate, Refinements refinements) {
        return new TrainingConfig(
                7,
                6,
                learningRate,
                trainTextEncoder,
                textEncoderLearningRate,
                2,
                0.9,
                0.999,
                1e-8,
                0.01,
                1,
                0.5,
                true,
                "a photo of a sks teapot",
                "a photo of a teapot",
                refinements);
    }

    private static Refinements everything() {
        return new Refinements(
                2, new LearningRateSchedule.Cosine(2), OptionalDouble.of(5), 0.1, OptionalDouble.of(0.9));
    }

    private static DreamBoothTrainer trainer(boolean trainTextEncoder) {
        return DreamBoothTrainer.open(model, config(trainTextEncoder, 1e-3), data, THREADS);
    }

    @Test
    void theTextEncoderLearnsAtARateOfItsOwn(@TempDir Path folder) throws IOException {
        for (double rate : List.of(1e-3, 5e-4)) {
            TrainingConfig config = config(true, 1e-3, rate, Refinements.NONE);
            try (DreamBoothTrainer trainer = DreamBoothTrainer.open(model, config, data, THREADS)) {
                steps(trainer, 1); // a second one would see what the first did to the other part
                var _ = trainer.saveCheckpoint(folder.resolve(String.valueOf(rate)));
            }
        }
        Path one = folder.resolve("0.001");
        Path other = folder.resolve("5.0E-4");
        String unet = "unet/diffusion_pytorch_model.safetensors";
        String text = "text_encoder/model.safetensors";
        assertThat(Files.mismatch(one.resolve(unet), other.resolve(unet))).isEqualTo(-1);
        assertThat(Files.mismatch(one.resolve(text), other.resolve(text))).isNotEqualTo(-1);
    }

    private static void steps(DreamBoothTrainer trainer, int count) {
        for (int i = 0; i < count; i++) {
            assertThat(trainer.trainStep().loss()).isFinite();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void goesOnFromAnyStepWithTheBitsOfARunThatNeverStopped(boolean trainTextEncoder, @TempDir Path folder) {
        String undisturbed;
        try (DreamBoothTrainer trainer = trainer(trainTextEncoder)) {
            steps(trainer, 6);
            undisturbed = trainer.saveState(folder.resolve("end.safetensors"));
        }
        for (int stop = 1; stop < 6; stop += 2) {
            Path state = folder.resolve(stop + ".safetensors");
            try (DreamBoothTrainer first = trainer(trainTextEncoder)) {
                steps(first, stop);
                first.saveState(state);
            }
            try (DreamBoothTrainer second = trainer(trainTextEncoder)) {
                second.restore(state);
                assertThat(second.step()).isEqualTo(stop);
                steps(second, 6 - stop);
                assertThat(second.saveState(folder.resolve("again.safetensors")))
                        .isEqualTo(undisturbed);
            }
        }
    }

    @Test
    void goesOnWithAveragesScheduleAndMicroBatches(@TempDir Path folder) throws Exception {
        TrainingConfig config = config(true, 1e-3, everything());
        Path state = folder.resolve("3.safetensors");
        String weights;
        String averages;
        try (DreamBoothTrainer trainer = DreamBoothTrainer.open(model, config, data, THREADS)) {
            steps(trainer, 3);
            trainer.saveState(state);
            steps(trainer, 3);
            weights = trainer.saveState(folder.resolve("end.safetensors"));
            averages = trainer.saveCheckpoint(folder.resolve("checkpoint"));
        }
        try (DreamBoothTrainer second = DreamBoothTrainer.open(model, config, data, THREADS)) {
            second.restore(state);
            second.draw(drawing(), folder.resolve("drawn"), (done, total) -> {}); // with the averages, and back
            steps(second, 3);

            assertThat(second.saveState(folder.resolve("again.safetensors"))).isEqualTo(weights);
            assertThat(second.saveCheckpoint(folder.resolve("checkpoint2"))).isEqualTo(averages);
        }
        assertThat(averages).isNotEqualTo(weights);
        assertThat(folder.resolve("again.safetensors")).hasSameBinaryContentAs(folder.resolve("end.safetensors"));
    }

    private static TrainingData online() {
        return new TrainingData(
                List.of(photo("photo0", 32), photo("photo1", 32), photo("photo2", 32)),
                List.of(photo("class0", 32), data.classes().get(1)));
    }

    private static TrainingData.Picture photo(String name, int resolution) {
        return new TrainingData.Photo(shared.resolve(name + ".png"), resolution);
    }

    @Test
    void photosEncodedInEachStepAreTheSameAfterAResume(@TempDir Path folder) {
        TrainingConfig config = config(false, 1e-3, everything());
        Path state = folder.resolve("3.safetensors");
        String undisturbed;
        try (DreamBoothTrainer trainer = DreamBoothTrainer.open(model, config, online(), THREADS)) {
            steps(trainer, 3);
            trainer.saveState(state);
            steps(trainer, 3);
            undisturbed = trainer.saveState(folder.resolve("end.safetensors"));
        }
        try (DreamBoothTrainer second = DreamBoothTrainer.open(model, config, online(), THREADS)) {
            second.restore(state);
            second.draw(drawing(), folder.resolve("drawn"), (done, total) -> {}); // borrows the VAE
            steps(second, 3);
            assertThat(second.saveState(folder.resolve("again.safetensors"))).isEqualTo(undisturbed);
        }
        TrainingData once = new TrainingData(data.instances(), data.classes().subList(0, 2)); // the same, one crop each
        try (DreamBoothTrainer cached = DreamBoothTrainer.open(model, config, once, THREADS)) {
            steps(cached, 6);
            assertThat(cached.saveState(folder.resolve("cached.safetensors"))).isNotEqualTo(undisturbed);
        }
    }

    @Test
    void aPhotoThatLeavesNoChoiceOfACropTeachesWhatItsCachedLatentTeaches(@TempDir Path folder) {
        byte[] rgb = new byte[32 * 32 * RgbImage.CHANNELS];
        new Random(1).nextBytes(rgb);
        Path square = folder.resolve("square.png");
        Path moments = folder.resolve("square.safetensors");
        Png.write(new RgbImage(32, 32, rgb), square);
        try (StableDiffusion diffusion = StableDiffusion.open(model, THREADS)) {
            diffusion.encode(square, moments, Crop.center(32));
        }
        List<String> weights = new ArrayList<>();
        for (TrainingData.Picture subject :
                List.of(new TrainingData.Photo(square, 32), new TrainingData.Latent(moments))) {
            TrainingData pictures = new TrainingData(List.of(subject), data.classes());
            try (DreamBoothTrainer trainer = DreamBoothTrainer.open(model, config(false, 1e-3), pictures, THREADS)) {
                steps(trainer, 2);
                weights.add(trainer.weightsDigest());
            }
        }
        assertThat(weights.getFirst()).isEqualTo(weights.getLast());
    }

    @ParameterizedTest
    @CsvSource({"64, '(8, 16, 16), expected (8, 8, 8)'", "34, no multiple of"})
    void refusesPhotosThatDoNotFitBeforeTheFirstStep(int resolution, String reason) {
        TrainingData mixed =
                new TrainingData(List.of(data.instances().getFirst(), photo("photo0", resolution)), data.classes());

        assertThatThrownBy(() -> DreamBoothTrainer.open(model, config(false, 1e-3), mixed, THREADS))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(reason);
    }

    private static Compute checkpointing(boolean activationCheckpointing) {
        return new Compute(ComputePrecision.FP32, OptimizerKind.ADAMW, activationCheckpointing, false, true, false);
    }

    private static Refinements with(Optional<LoraSettings> lora, boolean activationCheckpointing) {
        Refinements none = Refinements.NONE;
        return new Refinements(
                1, none.schedule(), none.snrGamma(), 0, none.emaDecay(), lora, checkpointing(activationCheckpointing));
    }

    @Test
    void trainsAdaptersThatGoOnBitForBitAndAreMergedIntoTheCheckpoint(@TempDir Path folder) {
        LoraSettings lora = LoraSettings.attention(2, 2);
        TrainingConfig config = config(true, 1e-2, with(Optional.of(lora), false));
        Path state = folder.resolve("2.safetensors");
        String undisturbed;
        try (DreamBoothTrainer trainer = DreamBoothTrainer.open(model, config, data, THREADS)) {
            steps(trainer, 2);
            trainer.saveState(state);
            steps(trainer, 4);
            undisturbed = trainer.saveCheckpoint(folder.resolve("checkpoint"));
            trainer.draw(drawing(), folder.resolve("trained"), (done, total) -> {});
        }
        try (DreamBoothTrainer second = DreamBoothTrainer.open(model, config, data, THREADS)) {
            second.restore(state);
            steps(second, 4);
            assertThat(second.saveState(folder.resolve("end.safetensors"))).isEqualTo(undisturbed);
        }
        assertThat(Safetensors.open(state).names()).isNotEmpty().allMatch(name -> name.contains(".lora_"));
        assertThat(folder.resolve("checkpoint/lora"))
                .isDirectoryContaining(file -> file.endsWith(LoraFiles.DIFFUSERS))
                .isDirectoryContaining(file -> file.endsWith(LoraFiles.KOHYA));
        assertThat(almostEqual(folder.resolve("trained/0.png"), draw(folder.resolve("checkpoint"), folder)))
                .isTrue();
        assertThat(almostEqual(folder.resolve("trained/0.png"), draw(model, folder)))
                .as("as the base model draws")
                .isFalse();
    }

    private static Path draw(Path model, Path folder) {
        try (StableDiffusion diffusion = StableDiffusion.open(model, THREADS)) {
            diffusion.draw(drawing(), folder.resolve("loaded"), (done, total) -> {});
        }
        return folder.resolve("loaded/0.png");
    }

    /** The merged weights round otherwise than adapters beside them. */
    private static boolean almostEqual(Path some, Path other) {
        byte[] a = Png.read(some).rgb();
        byte[] b = Png.read(other).rgb();
        int most = 0;
        for (int i = 0; i < a.length; i++) {
            most = Math.max(most, Math.abs((a[i] & 0xff) - (b[i] & 0xff)));
        }
        return most <= 1;
    }

    @Test
    void learnsTheSameBitsWithActivationCheckpointing(@TempDir Path folder) {
        List<String> digests = new ArrayList<>();
        for (boolean checkpointing : new boolean[] {false, true}) {
            TrainingConfig config = config(true, 1e-3, with(Optional.empty(), checkpointing));
            try (DreamBoothTrainer trainer = DreamBoothTrainer.open(model, config, data, THREADS)) {
                steps(trainer, 3);
                digests.add(trainer.saveState(folder.resolve(checkpointing + ".safetensors")));
            }
        }
        assertThat(digests.getFirst()).isEqualTo(digests.getLast());
    }

    @Test
    void drawsWithTheAveragesThatItsCheckpointHolds(@TempDir Path folder) {
        TrainingConfig config = config(true, 1e-2, everything());
        try (DreamBoothTrainer trainer = DreamBoothTrainer.open(model, config, data, THREADS)) {
            steps(trainer, 4);
            trainer.saveCheckpoint(folder.resolve("checkpoint"));
            trainer.draw(drawing(), folder.resolve("trained"), (done, total) -> {});
        }
        try (StableDiffusion diffusion = StableDiffusion.open(folder.resolve("checkpoint"), THREADS)) {
            diffusion.draw(drawing(), folder.resolve("loaded"), (done, total) -> {});
        }
        assertThat(folder.resolve("loaded/0.png")).hasSameBinaryContentAs(folder.resolve("trained/0.png"));
    }

    @Test
    void eachRefinementChangesWhatIsLearned(@TempDir Path folder) {
        Refinements none = Refinements.NONE;
        Set<String> weights = new HashSet<>();
        for (Refinements refinements : List.of(
                none,
                new Refinements(2, none.schedule(), none.snrGamma(), 0, none.emaDecay()),
                new Refinements(1, new LearningRateSchedule.WarmupHold(1), none.snrGamma(), 0, none.emaDecay()),
                new Refinements(1, none.schedule(), OptionalDouble.of(0.5), 0, none.emaDecay()),
                new Refinements(1, none.schedule(), none.snrGamma(), 0.1, none.emaDecay()))) {
            TrainingConfig config = config(false, 1e-3, refinements);
            try (DreamBoothTrainer trainer = DreamBoothTrainer.open(model, config, data, THREADS)) {
                steps(trainer, 2);
                weights.add(trainer.saveState(folder.resolve("state.safetensors")));
            }
        }
        assertThat(weights).hasSize(5);
    }

    @Test
    void trainsAModelThatPredictsVelocity(@TempDir Path folder) throws Exception {
        Path velocity = folder.resolve("model");
        RandomModel.write(velocity, RandomModel.Size.TINY, TOKENIZER);
        Path scheduler = velocity.resolve("scheduler/scheduler_config.json");
        Files.writeString(scheduler, Files.readString(scheduler).replace("\"epsilon\"", "\"v_prediction\""));

        try (DreamBoothTrainer ofVelocity = DreamBoothTrainer.open(velocity, config(false, 3e-3), data, THREADS);
                DreamBoothTrainer ofNoise = DreamBoothTrainer.open(model, config(false, 3e-3), data, THREADS)) {
            // in the first step both say the same of the same samples; ObjectiveTest has the targets' numbers
            double first = ofVelocity.trainStep().loss();
            assertThat(first).isFinite().isNotCloseTo(ofNoise.trainStep().loss(), withinPercentage(1));
        }
        List<Double> losses = lossesOf(velocity);
        assertThat(losses.getLast()).isLessThan(losses.getFirst() * 0.9);
    }

    /** Mean losses of the first 20 of 60 steps, and of the last. */
    private static List<Double> lossesOf(Path folder) {
        try (DreamBoothTrainer trainer = DreamBoothTrainer.open(folder, config(true, 3e-3), data, THREADS)) {
            double first = 0;
            double last = 0;
            for (int i = 0; i < 60; i++) {
                double loss = trainer.trainStep().loss();
                first += i < 20 ? loss : 0;
                last += i >= 40 ? loss : 0;
            }
            return List.of(first / 20, last / 20);
        }
    }

    @Test
    void learns() {
        List<Double> losses = lossesOf(model);

        assertThat(losses.getLast()).isLessThan(losses.getFirst() * 0.9);
    }

    @Test
    void writesACheckpointThatLoadsAndDraws(@TempDir Path folder) {
        Path checkpoint = folder.resolve("checkpoint");
        String digest;
        try (DreamBoothTrainer trainer = trainer(true)) {
            steps(trainer, 2);
            digest = trainer.saveCheckpoint(checkpoint);
            assertThat(trainer.saveState(folder.resolve("state.safetensors"))).isEqualTo(digest);
            trainer.draw(drawing(), folder.resolve("trained"), (done, total) -> {});
        }

        CheckpointCheck.load(checkpoint, THREADS);
        try (StableDiffusion diffusion = StableDiffusion.open(checkpoint, THREADS)) {
            diffusion.draw(drawing(), folder.resolve("loaded"), (done, total) -> {});
        }
        for (String name : List.of("0.png", "1.png")) {
            assertThat(folder.resolve("loaded").resolve(name))
                    .hasSameBinaryContentAs(folder.resolve("trained").resolve(name));
        }
    }

    private static Drawing drawing() {
        return new Drawing(
                List.of("a photo of a sks teapot", "a teapot"),
                List.of(1L, 2L),
                SamplerKind.of("ddim"),
                3,
                0,
                4,
                "",
                32,
                32,
                2);
    }

    @Test
    void stopsAtAStepThatIsNoNumberAndNamesItsSamples() {
        TrainingConfig absurd = config(false, 1e30);
        try (DreamBoothTrainer trainer = DreamBoothTrainer.open(model, absurd, data, THREADS)) {
            assertThatThrownBy(() -> steps(trainer, 5))
                    .isInstanceOf(NonFiniteLoss.class)
                    .hasMessageContaining("photo")
                    .hasMessageContaining("class");
        }
    }

    @Test
    void refusesTheStateOfAnotherRun(@TempDir Path folder) {
        Path state = folder.resolve("state.safetensors");
        try (DreamBoothTrainer other = trainer(false)) {
            other.saveState(state);
        }
        try (DreamBoothTrainer trainer = trainer(true)) {
            assertThatThrownBy(() -> trainer.restore(state))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("text_encoder");
        }
    }

    @Test
    void namesATensorThatDoesNotFitTheConfiguration(@TempDir Path folder) throws Exception {
        Path broken = folder.resolve("model");
        RandomModel.write(broken, RandomModel.Size.TINY, TOKENIZER);
        Path config = broken.resolve("unet/config.json");
        Files.writeString(
                config,
                Files.readString(config).replace("\"cross_attention_dim\" : 16", "\"cross_attention_dim\" : 24"));

        assertThatThrownBy(() -> StableDiffusion.open(broken, THREADS))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("attn2.to_k.weight is (8, 16)")
                .hasMessageContaining("(8, 24)");
    }

    @Test
    void refusesAModelWithNumbersThatAreNone(@TempDir Path folder) throws Exception {
        Path checkpoint = folder.resolve("checkpoint");
        try (DreamBoothTrainer trainer = trainer(false)) {
            trainer.saveCheckpoint(checkpoint);
        }
        Path weights = checkpoint.resolve("unet/diffusion_pytorch_model.safetensors");
        byte[] bytes = Files.readAllBytes(weights);
        for (int i = bytes.length - 64; i < bytes.length; i++) {
            bytes[i] = (byte) 0xff; // NaN
        }
        Files.write(weights, bytes);

        assertThatThrownBy(() -> CheckpointCheck.load(checkpoint, THREADS)).hasMessageContaining("NaN");
    }
}
