package org.dreamboothactors.deploy.commands;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dreamboothactors.deploy.commands.CommandLineOf.reaching;
import static org.dreamboothactors.deploy.commands.CommandLineOf.run;

import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.dreamboothactors.deploy.Told;
import org.dreamboothactors.deploy.commands.CommandLineOf.Said;
import org.dreamboothactors.deploy.remote.FakeRemote;
import org.dreamboothactors.deploy.remote.TestPng;
import org.dreamboothactors.diffusion.weights.pickle.LatentFile;
import org.dreamboothactors.protocol.v1.CachedLatent;
import org.dreamboothactors.protocol.v1.ClassImagesReady;
import org.dreamboothactors.protocol.v1.LatentsCached;
import org.dreamboothactors.protocol.v1.PhotoJudged;
import org.dreamboothactors.protocol.v1.PhotoVerdict;
import org.dreamboothactors.protocol.v1.Priority;
import org.dreamboothactors.protocol.v1.RunEvent;
import org.dreamboothactors.protocol.v1.RunSpec;
import org.dreamboothactors.protocol.v1.StoredObject;
import org.dreamboothactors.protocol.v1.Training;
import org.dreamboothactors.protocol.v1.TrainingStarted;
import org.dreamboothactors.storage.Sha256;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SubmitCommandTest {
    private static final LatentFile MOMENTS = new LatentFile(new Shape(2, 1, 2), new float[] {1, 2, -3, -4});

    private final FakeRemote service = new FakeRemote();

    @TempDir
    Path folder = Path.of("");

    @BeforeEach
    void photos() throws IOException {
        for (String name : List.of("b.jpg", "a.jpg", "c.jpg", ".hidden")) {
            Files.writeString(Files.createDirectories(folder.resolve("cat")).resolve(name), name);
        }
    }

    @Test
    void printsTheRunIdAloneAndUploadsWhatIsNotHidden() {
        Said said = submit(reaching("--photos", photosFolder(), "--class", "cat", "--class-images", "8"));

        assertThat(said.exitCode()).isZero();
        assertThat(said.out().strip()).isEqualTo("fresh-run");
        assertThat(service.photos.getFirst())
                .extracting(file -> String.valueOf(file.getFileName()))
                .containsExactly("a.jpg", "b.jpg", "c.jpg");
        assertThat(service.submitted.getFirst().getInstancePrompt()).isEqualTo("a photo of a sks cat");
        assertThat(service.submitted.getFirst().getPrior().getNumClassImages()).isEqualTo(8);
    }

    @Test
    void takesFlagsForWhatGoesBeyondPlainDreamBooth() {
        Said said = submit(reaching(
                "--photos",
                photosFolder(),
                "--class",
                "cat",
                "--class-images",
                "4",
                "--accumulation",
                "4",
                "--snr-gamma",
                "5",
                "--noise-offset",
                "0.1",
                "--ema-decay",
                "0.999",
                "--lr-schedule",
                "cosine",
                "--lr-warmup-steps",
                "10",
                "--weight-decay",
                "0",
                "--max-grad-norm",
                "2",
                "--eta",
                "0.5",
                "--priority",
                "high"));

        assertThat(said.err()).isEmpty();
        assertThat(service.submitted.getFirst().getPriority()).isEqualTo(Priority.HIGH);
        Training training = service.submitted.getFirst().getTraining();
        assertThat(training.getAccumulation()).isEqualTo(4);
        assertThat(training.getSnrGamma()).isEqualTo(5);
        assertThat(training.getNoiseOffset()).isEqualTo(0.1);
        assertThat(training.getEmaDecay()).isEqualTo(0.999);
        assertThat(training.getLrSchedule()).isEqualTo("cosine");
        assertThat(training.getLrWarmupSteps()).isEqualTo(10);
        assertThat(training.getAdamWeightDecay()).isEqualTo(-1);
        assertThat(training.getMaxGradNorm()).isEqualTo(2);
        assertThat(service.submitted.getFirst().getPrior().getSampling().getEta())
                .isEqualTo(0.5);
    }

    @Test
    void refusesNumbersThatAreOutOfRange() {
        for (String[] wrong : List.of(
                new String[] {"--ema-decay", "1.5"},
                new String[] {"--lr-schedule", "steep"},
                new String[] {"--accumulation", "0"},
                new String[] {"--priority", "urgent"},
                new String[] {"--eta", "-1"})) {
            Said said = submit(reaching("--photos", photosFolder(), "--class", "cat", wrong[0], wrong[1]));

            assertThat(said.exitCode()).isEqualTo(2);
            assertThat(said.err()).contains(wrong[0] + " is " + wrong[1]);
        }
    }

    @Test
    void takesTheBlocksOfNemoWithOnlyThePathsReplaced() throws URISyntaxException {
        for (String block : List.of("prior-preservation.yaml", "cached-latents.yaml")) {
            service.afterSubmit = run -> List.of(training(run));
            Path yaml = Path.of(
                    Objects.requireNonNull(getClass().getResource("/" + block)).toURI());

            Said said = submit(reaching("--run", yaml.toString(), "model.data.instance_dir=" + photosFolder()));

            assertThat(said).isEqualTo(new Said(0, "fresh-run" + System.lineSeparator(), ""));
        }
        assertThat(service.submitted).extracting(RunSpec::getInstancePrompt).containsOnly("a photo of a sks dog");
    }

    @Test
    void followsTheRunAndSaysHowItEndedByTheExitCode() {
        service.afterSubmit = run -> List.of(Told.ready(run, 5));
        assertThat(waiting().exitCode()).isZero();

        service.events.clear();
        service.afterSubmit = run -> List.of(Told.failed(run, "loss is NaN at step 3"));
        Said failed = waiting();
        assertThat(failed.exitCode()).isEqualTo(1);
        assertThat(failed.out()).contains("failed: loss is NaN at step 3");

        service.events.clear();
        service.afterSubmit = run -> List.of(Told.cancelled(run, "wrong photos"));
        assertThat(waiting().exitCode()).isEqualTo(3);
    }

    @Test
    void refusesWithoutPhotosOrWithAFolderThatIsNone() {
        assertThat(submit(reaching("--class", "cat")))
                .isEqualTo(new Said(
                        2,
                        "",
                        "Cannot submit a run: no photos are named, expected --photos DIR or model.data.instance_dir"
                                + System.lineSeparator()));
        assertThat(submit(reaching("--class", "cat", "--photos", folder + "/none"))
                        .err())
                .contains("none is not a folder");
    }

    @Test
    void refusesABaseModelThatTheServiceDoesNotHave() {
        Said said = submit(reaching(
                "--photos",
                photosFolder(),
                "--class",
                "cat",
                "model.with_prior_preservation=True",
                "model.restore_from_path=/models/sd15"));

        assertThat(said.exitCode()).isEqualTo(2);
        assertThat(said.err()).contains("model.restore_from_path").contains("serve --base-model /models/sd15");
    }

    /** Its own name for the model is all that a client of a cluster knows. */
    @Test
    void aFlagNamesTheBaseModelWhateverTheYamlSays() {
        Said said = submit(reaching(
                "--photos",
                photosFolder(),
                "--class",
                "cat",
                "--base-model-name",
                "sd15",
                "model.with_prior_preservation=True",
                "model.restore_from_path=/models/other.nemo"));

        assertThat(said.exitCode()).isZero();
        assertThat(service.submitted.getFirst().getBaseModel()).isEqualTo("sd15");
    }

    @Test
    void refusesAnIdentifierThatNoPromptTakes() {
        Said said = submit(
                reaching("--photos", photosFolder(), "--instance-prompt", "a photo of sks cat", "--identifier", "zwx"));

        assertThat(said.exitCode()).isEqualTo(2);
        assertThat(said.err()).contains("--identifier is zwx without --class");
    }

    @Test
    void storesClassImagesInTheDirectoryThatTheYamlNames() throws IOException {
        Path directory = folder.resolve("reg");
        service.afterSubmit = run -> List.of(classImages(run), training(run));

        assertThat(withClassImages(directory).exitCode()).isZero();

        assertThat(Files.readAllBytes(directory.resolve("class-0.png"))).isEqualTo(TestPng.of("one"));
        assertThat(directory.resolve("class-1.png")).exists();
        assertThat(withClassImages(directory).exitCode()).isZero(); // its own images are no obstacle
    }

    @Test
    void givesClassImagesOfItsOwnAndStoresThoseThatWereDrawnBesideThem() throws IOException {
        Path directory = Files.createDirectories(folder.resolve("reg"));
        Path mine = Files.write(directory.resolve("class-0.png"), TestPng.of("mine"));
        service.afterSubmit = run -> List.of(classImages(run), training(run));

        assertThat(withClassImages(directory).exitCode()).isZero();
        assertThat(withClassImages(directory).exitCode()).isZero();

        assertThat(service.classPhotos).containsExactly(List.of(mine), List.of(mine));
        assertThat(Files.readAllBytes(mine)).isEqualTo(TestPng.of("mine"));
        assertThat(Files.readAllBytes(directory.resolve("class-1.png"))).isEqualTo(TestPng.of("one"));
        assertThat(directory.resolve("class-2.png")).exists();
    }

    @Test
    void refusesADirectoryWithClassImagesThatWereDrawnOtherwise() throws IOException {
        Path directory = folder.resolve("reg");
        service.afterSubmit = run -> List.of(classImages(run), training(run));
        assertThat(withClassImages(directory).exitCode()).isZero();

        Said said = withClassImages(directory, "infer.inference_steps=7");

        assertThat(said.exitCode()).isEqualTo(2);
        assertThat(said.err())
                .contains("model.data.regularization_dir", "holds 2 class images that were drawn", ".class-images");
        assertThat(service.submitted).hasSize(1);
    }

    @Test
    void givesCachedLatentsThatAreThereForEachPhoto() throws IOException {
        Path cached = Files.createDirectories(folder.resolve("cached"));
        for (int i : List.of(10, 9, 2)) {
            MOMENTS.write(cached.resolve("instance_image_cache_" + i + ".pt"));
        }

        assertThat(withCachedLatents(cached).exitCode()).isZero();

        assertThat(service.latents.getFirst().photos())
                .extracting(file -> String.valueOf(file.getFileName()))
                .containsExactly(
                        "instance_image_cache_2.pt", "instance_image_cache_9.pt", "instance_image_cache_10.pt");
        assertThat(folder.resolve("cat_cached")).doesNotExist();
    }

    @Test
    void storesLatentsBesideThePhotosWhenThereIsNotOneForEach() throws IOException {
        Path cached = Files.createDirectories(folder.resolve("cat_cached"));
        for (int i = 0; i < 4; i++) {
            new LatentFile(new Shape(2, 1, 1), new float[] {0, 0})
                    .write(cached.resolve("instance_image_cache_" + i + ".pt"));
        }
        Path encoded = folder.resolve("encoded.safetensors");
        MOMENTS.writeSafetensors(encoded);
        byte[] bytes = Files.readAllBytes(encoded);
        service.content = _ -> bytes;
        service.afterSubmit =
                run -> List.of(accepted(run, 0), accepted(run, 1), accepted(run, 2), encoded(run), training(run));

        Said said = withCachedLatents(cached);

        assertThat(said.exitCode()).isZero();
        assertThat(said.err()).contains("model.data.cached_instance_dir", "holds 4 latents of 3 pictures");
        assertThat(service.latents.getFirst().photos()).isEmpty();
        for (int i = 0; i < 3; i++) {
            assertThat(LatentFile.read(cached.resolve("instance_image_cache_" + i + ".pt"))
                            .moments())
                    .containsExactly(MOMENTS.moments());
        }
        assertThat(cached.resolve("instance_image_cache_3.pt")).doesNotExist();
    }

    @Test
    void refusesCachedLatentsThatAreNone() throws IOException {
        Path cached = Files.createDirectories(folder.resolve("cached"));
        for (int i = 0; i < 3; i++) {
            Files.writeString(cached.resolve(i + ".pt"), "no latents");
        }

        Said said = withCachedLatents(cached);

        assertThat(said.exitCode()).isEqualTo(2);
        assertThat(said.err()).contains("0.pt");
        assertThat(service.submitted).isEmpty();
    }

    private Said withCachedLatents(Path cached) {
        return submit(reaching(
                "--photos",
                photosFolder(),
                "--class",
                "cat",
                "model.use_cached_latents=True",
                "model.data.cached_instance_dir=" + cached));
    }

    private static RunEvent accepted(String run, int photo) {
        return RunEvent.newBuilder()
                .setRunId(run)
                .setPhotoJudged(PhotoJudged.newBuilder()
                        .setIndex(photo)
                        .setVerdict(PhotoVerdict.ACCEPTED)
                        .setImage(image("photo" + photo)))
                .build();
    }

    private static RunEvent encoded(String run) {
        LatentsCached.Builder latents = LatentsCached.newBuilder();
        for (int i = 0; i < 3; i++) {
            latents.addLatents(CachedLatent.newBuilder()
                    .setImageSha256(image("photo" + i).getSha256())
                    .setMoments(image("moments" + i)));
        }
        return RunEvent.newBuilder().setRunId(run).setLatentsCached(latents).build();
    }

    private Said withClassImages(Path directory, String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                "--photos",
                photosFolder(),
                "--class",
                "cat",
                "model.with_prior_preservation=True",
                "model.data.num_reg_images=2",
                "model.data.regularization_dir=" + directory));
        arguments.addAll(List.of(more));
        return submit(reaching(arguments.toArray(String[]::new)));
    }

    private Said waiting() {
        return submit(reaching("--photos", photosFolder(), "--class", "cat", "--wait"));
    }

    private Said submit(String... arguments) {
        return run(new SubmitCommand(CommandLineOf.with(service)), arguments);
    }

    private String photosFolder() {
        return folder.resolve("cat").toString();
    }

    private static RunEvent training(String run) {
        return RunEvent.newBuilder()
                .setRunId(run)
                .setTrainingStarted(TrainingStarted.getDefaultInstance())
                .build();
    }

    private static RunEvent classImages(String run) {
        return RunEvent.newBuilder()
                .setRunId(run)
                .setClassImagesReady(
                        ClassImagesReady.newBuilder().addImages(image("one")).addImages(image("two")))
                .build();
    }

    private static StoredObject image(String key) {
        return StoredObject.newBuilder()
                .setKey(key)
                .setSha256(Sha256.of(TestPng.of(key)))
                .build();
    }
}
