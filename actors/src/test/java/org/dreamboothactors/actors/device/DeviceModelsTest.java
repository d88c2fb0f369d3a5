package org.dreamboothactors.actors.device;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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

/** A trainer that stays open between two records of its run, with real weights. */
class DeviceModelsTest {
    private static final int SIDE = 32;

    @TempDir
    static Path directory = Path.of("");

    private static Path model = Path.of("");
    private static Path latent = Path.of("");

    private final DeviceModels device = new DeviceModels(1, _ -> {});

    @BeforeAll
    static void makeModelAndLatent() {
        model = directory.resolve("model");
        latent = directory.resolve("latent.safetensors");
        RandomModel.write(model, RandomModel.Size.TINY, Path.of("../base-model/tokenizer"));
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
        device.run(new DeviceCommand.CloseModels());
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
        Path base = directory.resolve("read-once");
        RandomModel.write(base, RandomModel.Size.TINY, Path.of("../base-model/tokenizer"));
        String alone = adapter("a", base);
        device.run(new DeviceCommand.CloseModels());

        draw(base);
        deleteWeights(base);
        assertThat(adapter("a", base)).as("over what drew").isEqualTo(alone);
        device.run(new DeviceCommand.CloseTrainer());
        assertThat(adapter("b", base)).as("over what another trained beside").isEqualTo(alone);
        draw(base);

        device.run(new DeviceCommand.CloseModels());
        assertThat(device.run(opened("a", base, adapters(), Optional.empty(), latent)))
                .isInstanceOfSatisfying(
                        DeviceAnswer.Refused.class,
                        refused -> assertThat(refused.reason()).contains("read-once"));
    }

    @Test
    void aBaseModelThatIsKeptIsNotHeldBesideOneThatLearns() throws IOException {
        Path base = directory.resolve("held-once");
        RandomModel.write(base, RandomModel.Size.TINY, Path.of("../base-model/tokenizer"));
        adapter("a", base);
        device.run(opened("b", Optional.empty(), latent));
        deleteWeights(base);

        assertThat(device.run(opened("a", base, adapters(), Optional.empty(), latent)))
                .isInstanceOf(DeviceAnswer.Refused.class);
    }

    /** Weights of a run of two steps. */
    private String adapter(String run, Path base) {
        assertThat(device.run(opened(run, base, adapters(), Optional.empty(), latent)))
                .isInstanceOf(TrainerOpened.class);
        train(2);
        return save(directory.resolve(run + ".safetensors"));
    }

    private void draw(Path base) {
        Drawing drawing = new Drawing(List.of("a"), List.of(1L), SamplerKind.DDIM, 1, 0, 1, "", SIDE, SIDE, 1);
        assertThat(device.run(new DeviceCommand.Draw(base, drawing, directory, Optional.empty())))
                .isEqualTo(new Done());
    }

    private static void deleteWeights(Path base) throws IOException {
        for (String file :
                List.of("unet/diffusion_pytorch_model", "text_encoder/model", "vae/diffusion_pytorch_model")) {
            Files.delete(base.resolve(file + ".safetensors"));
        }
    }

    /** In the precision that pictures are drawn in. */
    private static Refinements adapters() {
        return new Refinements(
                1,
                new LearningRateSchedule.Constant(),
                OptionalDouble.empty(),
                0,
                OptionalDouble.empty(),
                Optional.of(LoraSettings.attention(2, 2)),
                Compute.PLAIN.in(ComputePrecision.AUTO));
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
                run, base, config, new TrainingData(List.of(photo), List.of()), state, Optional.empty());
    }
}
