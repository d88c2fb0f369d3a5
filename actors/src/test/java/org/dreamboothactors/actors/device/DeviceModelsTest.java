package org.dreamboothactors.actors.device;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.dreamboothactors.actors.device.DeviceAnswer.Done;
import org.dreamboothactors.actors.device.DeviceAnswer.Saved;
import org.dreamboothactors.actors.device.DeviceAnswer.TrainerOpened;
import org.dreamboothactors.diffusion.Compute;
import org.dreamboothactors.diffusion.ComputePrecision;
import org.dreamboothactors.diffusion.Drawing;
import org.dreamboothactors.diffusion.RandomModel;
import org.dreamboothactors.diffusion.Refinements;
import org.dreamboothactors.diffusion.StableDiffusion;
import org.dreamboothactors.diffusion.TrainingConfig;
import org.dreamboothactors.diffusion.TrainingData;
import org.dreamboothactors.diffusion.images.Crop;
import org.dreamboothactors.diffusion.images.Png;
import org.dreamboothactors.diffusion.images.RgbImage;
import org.dreamboothactors.diffusion.lora.LoraSettings;
import org.dreamboothactors.diffusion.schedulers.SamplerKind;
import org.dreamboothactors.diffusion.training.LearningRateSchedule;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What stays in memory from one command to the next, with real weights. */
class DeviceModelsTest {
    private static final int SIDE = 32;

    @TempDir
    static Path directory = Path.of("");

    private static Path model = Path.of("");
    private static Path latent = Path.of("");

    private final DeviceModels device = new DeviceModels(DeviceName.parse("cpu:0"), 1, _ -> {});

    @BeforeAll
    static void makeModelAndLatent() {
        model = randomModel("model");
        latent = directory.resolve("latent.safetensors");
        Path photo = directory.resolve("photo.png");
        Png.write(new RgbImage(SIDE, SIDE, new byte[SIDE * SIDE * RgbImage.CHANNELS]), photo);
        try (StableDiffusion diffusion = StableDiffusion.open(model, 1)) {
            diffusion.encode(photo, latent, Crop.center(SIDE));
        }
    }

    @Test
    void aTrainerThatIsStillOpenGoesOnWithTheBitsOfOneThatIsOpenedAnew() throws IOException {
        Path state = directory.resolve("state.safetensors");
        Path fetched = Files.copy(latent, directory.resolve("fetched.safetensors"));
        device.run(opened("a", Optional.empty(), fetched));
        Files.delete(fetched); // as it is at the end of a record
        train(2);
        String weights = save(state);

        assertThat(device.run(new DeviceCommand.ResumeTrainer("a", 2, weights)))
                .isInstanceOfSatisfying(
                        TrainerOpened.class, open -> assertThat(open.step()).isEqualTo(2));
        train(2);
        String resumed = save(directory.resolve("resumed.safetensors"));

        device.run(opened("a", Optional.of(state), latent));
        train(2);
        assertThat(save(directory.resolve("restored.safetensors"))).isEqualTo(resumed);
    }

    @Test
    void aTrainerIsResumedOnlyWhereItIs() {
        Path state = directory.resolve("elsewhere.safetensors");
        Done notOpen = new Done();
        DeviceCommand opening = opened("a", Optional.empty(), latent);
        device.run(opening);
        String weights = save(state);

        assertThat(device.run(new DeviceCommand.ResumeTrainer("b", 0, weights)))
                .as("of another run")
                .isEqualTo(notOpen);
        assertThat(device.run(new DeviceCommand.ResumeTrainer("a", 0, weights)))
                .as("closed by the question before")
                .isEqualTo(notOpen);
        device.run(opening);
        save(state);
        assertThat(device.run(new DeviceCommand.ResumeTrainer("a", 0, "other")))
                .as("with other weights")
                .isEqualTo(notOpen);
        device.run(opening);
        save(state);
        train(1);
        assertThat(device.run(new DeviceCommand.ResumeTrainer("a", 0, weights)))
                .as("that went on")
                .isEqualTo(notOpen);
        device.run(opened("a", Optional.of(state), latent));
        assertThat(device.run(new DeviceCommand.ResumeTrainer("a", 0, weights)))
                .as("that has saved nothing itself")
                .isEqualTo(notOpen);
    }

    @Test
    void adaptersOfOneRunAfterTheOtherAreTrainedBesideABaseModelThatIsReadOnce() throws IOException {
        Path base = randomModel("read-once");
        String alone = adapter("a", base, drawnIn());
        freeTheBase();

        byte[] picture = draw(base);
        deleteWeights(base);
        assertThat(adapter("a", base, drawnIn())).as("over what drew").isEqualTo(alone);
        assertThat(device.run(new DeviceCommand.DrawTrained(drawing(), directory)))
                .isEqualTo(new Done());
        device.run(new DeviceCommand.CloseTrainer());
        assertThat(adapter("b", base, drawnIn()))
                .as("over what another trained beside")
                .isEqualTo(alone);
        assertThat(draw(base)).isEqualTo(picture);

        LoraSettings nowhere = new LoraSettings(2, 2, Map.of("unet", List.of("no_such_layer")));
        assertRefused(opened("c", base, adapters(nowhere, drawnIn()), Optional.empty(), latent), "no_such_layer");
        assertThat(draw(base)).as("after an opening that failed").isEqualTo(picture);
        freeTheBase();
        assertRefused(opened("a", base, adapters(drawnIn()), Optional.empty(), latent), "read-once");
    }

    @Test
    void photosAreEncodedOnlineByTheBaseModelThatIsKept() {
        Path base = randomModel("online");
        TrainingData photos =
                new TrainingData(List.of(new TrainingData.Photo(directory.resolve("photo.png"), SIDE)), List.of());
        List<String> weights = new ArrayList<>();
        for (String run : List.of("a", "b")) {
            DeviceCommand.OpenTrainer cached = opened(run, base, adapters(drawnIn()), Optional.empty(), latent);
            assertThat(device.run(new DeviceCommand.OpenTrainer(
                            run, base, cached.config(), photos, Optional.empty(), Optional.empty())))
                    .isInstanceOf(DeviceAnswer.TrainerOpened.class);
            train(1);
            assertThat(device.run(new DeviceCommand.DrawTrained(drawing(), directory)))
                    .isEqualTo(new Done());
            train(1);
            weights.add(save(directory.resolve("online.safetensors")));
            assertThat(device.run(new DeviceCommand.ResumeTrainer(run, 2, weights.getLast())))
                    .as("its photos are gone by then")
                    .isEqualTo(new Done());
            device.run(new DeviceCommand.CloseTrainer());
        }
        assertThat(weights.getFirst()).isEqualTo(weights.getLast());
    }

    @Test
    void aBaseModelThatIsKeptInAnotherFormIsReadAgain() throws IOException {
        Path base = randomModel("other-form");
        String alone = adapter("a", base, ComputePrecision.FP32);
        freeTheBase();

        String bf16 = adapter("a", base, ComputePrecision.BF16);
        assertThat(adapter("b", base, ComputePrecision.FP32)).isEqualTo(alone).isNotEqualTo(bf16);
        assertThat(adapter("c", base, ComputePrecision.BF16)).isEqualTo(bf16);
        assertThat(device.run(new DeviceCommand.SaveCheckpoint(directory.resolve("checkpoint"))))
                .isInstanceOf(Saved.class);
        assertThat(device.run(new DeviceCommand.CheckCheckpoint(directory.resolve("checkpoint"))))
                .isEqualTo(new Done());
    }

    @Test
    void aBaseModelIsNotKeptBesideOneThatLearns() throws IOException {
        Path base = randomModel("held-once");
        adapter("a", base, drawnIn());
        device.run(opened("b", Optional.empty(), latent));
        deleteWeights(base);

        assertRefused(opened("a", base, adapters(drawnIn()), Optional.empty(), latent), "held-once");
    }

    /** What learns in place needs its memory. */
    private void freeTheBase() {
        device.run(opened("learns-whole", Optional.empty(), latent));
        device.run(new DeviceCommand.CloseTrainer());
    }

    private void assertRefused(DeviceCommand command, String about) {
        assertThat(device.run(command))
                .isInstanceOfSatisfying(
                        DeviceAnswer.Refused.class,
                        refused -> assertThat(refused.reason()).contains(about));
    }

    /** Weights of a run of two steps. */
    private String adapter(String run, Path base, ComputePrecision precision) {
        assertThat(device.run(opened(run, base, adapters(precision), Optional.empty(), latent)))
                .isInstanceOf(TrainerOpened.class);
        train(2);
        return save(directory.resolve(run + ".safetensors"));
    }

    private byte[] draw(Path base) throws IOException {
        assertThat(device.run(
                        new DeviceCommand.Draw(base, drawing(), directory, Optional.empty(), ComputePrecision.AUTO)))
                .isEqualTo(new Done());
        return Files.readAllBytes(directory.resolve("0.png"));
    }

    private static Drawing drawing() {
        return new Drawing(List.of("a"), List.of(1L), SamplerKind.DDIM, 1, 0, 1, "", SIDE, SIDE, 1);
    }

    private static ComputePrecision drawnIn() {
        return ComputePrecision.AUTO;
    }

    private static Refinements adapters(ComputePrecision precision) {
        return adapters(LoraSettings.attention(2, 2), precision);
    }

    private static Refinements adapters(LoraSettings lora, ComputePrecision precision) {
        return new Refinements(
                1,
                new LearningRateSchedule.Constant(),
                OptionalDouble.empty(),
                0,
                OptionalDouble.empty(),
                Optional.of(lora),
                Compute.PLAIN.in(precision));
    }

    private static Path randomModel(String name) {
        Path folder = directory.resolve(name);
        RandomModel.write(folder, RandomModel.Size.TINY, Path.of("../base-model/tokenizer"));
        return folder;
    }

    private static void deleteWeights(Path model) throws IOException {
        for (String file :
                List.of("unet/diffusion_pytorch_model", "text_encoder/model", "vae/diffusion_pytorch_model")) {
            Files.delete(model.resolve(file + ".safetensors"));
        }
    }

    private void train(int steps) {
        for (int i = 0; i < steps; i++) {
            assertThat(device.run(new DeviceCommand.TrainStep())).isInstanceOf(DeviceAnswer.Stepped.class);
        }
    }

    private String save(Path file) {
        return ((Saved) device.run(new DeviceCommand.SaveState(file))).weightsSha256();
    }

    private static DeviceCommand.OpenTrainer opened(String run, Optional<Path> state, Path photo) {
        Refinements averaged = new Refinements(
                1, new LearningRateSchedule.Constant(), OptionalDouble.empty(), 0, OptionalDouble.of(0.9));
        return opened(run, model, averaged, state, photo);
    }

    private static DeviceCommand.OpenTrainer opened(
            String run, Path base, Refinements refinements, Optional<Path> state, Path photo) {
        TrainingConfig config = new TrainingConfig(
                3, 10, 1e-3, false, 1e-3, 1, 0.9, 0.999, 1e-8, 0, 1, 1, false, "a", "b", refinements);
        return new DeviceCommand.OpenTrainer(
                run, base, config, TrainingData.ofLatents(List.of(photo), List.of()), state, Optional.empty());
    }
}
