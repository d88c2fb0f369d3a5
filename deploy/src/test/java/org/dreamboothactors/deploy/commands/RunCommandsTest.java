package org.dreamboothactors.deploy.commands;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dreamboothactors.deploy.commands.CommandLineOf.reaching;
import static org.dreamboothactors.deploy.commands.CommandLineOf.run;
import static org.dreamboothactors.deploy.commands.CommandLineOf.with;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.dreamboothactors.deploy.Told;
import org.dreamboothactors.deploy.commands.CommandLineOf.Said;
import org.dreamboothactors.deploy.progress.RunWatch.Patience;
import org.dreamboothactors.deploy.remote.FakeRemote;
import org.dreamboothactors.diffusion.CheckpointExport;
import org.dreamboothactors.diffusion.RandomModel;
import org.dreamboothactors.diffusion.weights.Precision;
import org.dreamboothactors.diffusion.weights.Safetensors;
import org.dreamboothactors.diffusion.weights.TensorSource;
import org.dreamboothactors.protocol.v1.CheckpointReady;
import org.dreamboothactors.protocol.v1.PhotoVerdict;
import org.dreamboothactors.protocol.v1.PriorPreservation;
import org.dreamboothactors.protocol.v1.RunEvent;
import org.dreamboothactors.protocol.v1.RunReady;
import org.dreamboothactors.protocol.v1.RunSpec;
import org.dreamboothactors.protocol.v1.SampleRequest;
import org.dreamboothactors.protocol.v1.Sampling;
import org.dreamboothactors.protocol.v1.Training;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunCommandsTest {
    private static final Patience SHORT = new Patience(Duration.ofMillis(1), Duration.ofMillis(1));
    private static final RunSpec SPEC = RunSpec.newBuilder()
            .setInstancePrompt("a photo of a sks cat")
            .setResolution(64)
            .setTraining(Training.newBuilder().setMaxSteps(400))
            .setPrior(PriorPreservation.newBuilder()
                    .setSampling(Sampling.newBuilder().setSampler("ddim").setInferenceSteps(25)))
            .build();

    private final FakeRemote service = new FakeRemote();

    @TempDir
    Path folder = Path.of("");

    @Test
    void watchTellsWhatHappenedUntilTheRunIsOver() {
        service.events.addAll(List.of(
                Told.requested("cat-1", SPEC, 0),
                Told.judged("cat-1", "notes.jpg", PhotoVerdict.NOT_AN_IMAGE),
                Told.ready("dog-1", 3),
                Told.ready("cat-1", 400)));

        Said said = run(new WatchCommand(with(service), SHORT), reaching("cat-1"));

        assertThat(said.exitCode()).isZero();
        assertThat(said.out().lines())
                .containsExactly("requested with 0 photos", "photo 1 (notes.jpg) not_an_image: ", "ready at step 400");
    }

    /** In a partition with a month of other runs' events the first of a run comes late. */
    @Test
    void watchDoesNotGiveUpWhileItReadsOtherRunsEvents() {
        AtomicInteger looks = new AtomicInteger();
        service.left = () -> {
            if (looks.incrementAndGet() == 20) {
                service.events.add(Told.ready("cat-1", 400));
            }
            return 1_000L - looks.get();
        };

        Said said = run(new WatchCommand(with(service, slowly()), SHORT), reaching("cat-1"));

        assertThat(said.exitCode()).isZero();
        assertThat(said.out().lines()).containsExactly("ready at step 400");
        assertThat(looks).hasValue(20);
    }

    /** As when the broker goes away meanwhile. */
    @Test
    void watchGivesUpWhenItReadsNoFurther() {
        service.left = () -> 7;

        Said said = run(new WatchCommand(with(service, slowly()), SHORT), reaching("cat-1"));

        assertThat(said.exitCode()).isEqualTo(1);
        assertThat(said.out()).contains("Cannot watch run cat-1");
    }

    /** A clock on which each look takes a minute. */
    private static InstantSource slowly() {
        AtomicInteger minutes = new AtomicInteger();
        return () -> Instant.EPOCH.plus(Duration.ofMinutes(minutes.incrementAndGet()));
    }

    @Test
    void watchDoesNotWaitADayForABrokerThatIsGone() {
        service.events.add(Told.requested("cat-1", SPEC, 0));
        service.answers = () -> false;

        Said said = run(new WatchCommand(with(service, slowly()), WatchCommand.PATIENCE), reaching("cat-1"));

        assertThat(said.exitCode()).isEqualTo(1);
        assertThat(said.out()).contains("Kafka does not answer", "no event of it for 900 s");
    }

    @Test
    void watchGivesUpOnARunThatNobodyAskedFor() {
        Said said = run(new WatchCommand(with(service), SHORT), reaching("nobody"));

        assertThat(said.exitCode()).isEqualTo(1);
        assertThat(said.out()).contains("Cannot watch run nobody");
    }

    @Test
    void refusesWhatCannotBeARunId() {
        Said said = run(new WatchCommand(with(service), SHORT), reaching("../cat"));

        assertThat(said.exitCode()).isEqualTo(2);
        assertThat(said.err()).contains("run ../cat: expected 1 to 64 of a-z, 0-9 and -");
    }

    @Test
    void runsListsStateStepAgeAndPrompt() {
        service.events.addAll(List.of(
                Told.requested("late", SPEC, 600_000),
                Told.step("late", 120),
                Told.requested("early", SPEC, 0),
                Told.step("early", 10),
                Told.failed("early", "x"),
                Told.step("early", 11)));

        Said said = run(new RunsCommand(with(service, () -> Instant.ofEpochSecond(3_700))), reaching());

        assertThat(said.exitCode()).isZero();
        assertThat(said.out().lines())
                .containsExactly(
                        "RUN    STATE     STEP     AGE          PROMPT",
                        "early  failed    10/400   1 h 1 min    a photo of a sks cat",
                        "late   training  120/400  51 min 40 s  a photo of a sks cat");
    }

    @Test
    void sampleDrawsWithTheNewestCheckpointAsTheRunDoes() throws IOException {
        service.events.addAll(
                List.of(Told.accepted("cat-1", SPEC), Told.published("cat-1", 200), Told.published("cat-1", 400)));

        Said said = run(
                new SampleCommand(with(service)),
                reaching("cat-1", "--prompt", "p", "--prompt", "q", "--count", "2", "--out", folder.toString()));

        SampleRequest asked = service.drawn.getFirst();
        assertThat(said.exitCode()).isZero();
        assertThat(asked.getCheckpointStep()).isEqualTo(400);
        assertThat(asked.getPromptsList()).containsExactly("p", "p", "q", "q");
        assertThat(asked.getSampling().getInferenceSteps()).isEqualTo(25);
        assertThat(asked.getSampling().getWidth()).isEqualTo(64);
        assertThat(said.out().lines()).hasSize(4);
        List<String> names = names(folder);
        assertThat(names).hasSize(4);
        for (int seed = 0; seed < 4; seed++) {
            assertThat(names.get(seed)).matches("cat-1-step400-seed" + seed + "-[0-9a-f]{8}\\.png");
        }
    }

    @Test
    void sampleDrawsWithTheBaseModelWhenAsked() throws IOException {
        service.events.add(Told.accepted("cat-1", SPEC));

        Said said = run(
                new SampleCommand(with(service)),
                reaching("cat-1", "--prompt", "p", "--step", "base", "--steps", "3", "--out", folder.toString()));

        assertThat(said.exitCode()).isZero();
        assertThat(service.drawn.getFirst().getCheckpointStep()).isZero();
        assertThat(service.drawn.getFirst().getSampling().getInferenceSteps()).isEqualTo(3);
        assertThat(names(folder)).singleElement().asString().startsWith("cat-1-base-seed0-");
    }

    @Test
    void sampleDrawsPicturesOfAnySize() {
        service.events.add(Told.accepted("cat-1", SPEC));
        List<String> common = List.of("cat-1", "--prompt", "p", "--step", "base", "--out", folder.toString());

        Said said = run(
                new SampleCommand(with(service)),
                reaching(Stream.concat(
                                common.stream(),
                                Stream.of("--width", "96", "--height", "72", "--negative-prompt", "blurry"))
                        .toArray(String[]::new)));

        assertThat(said.exitCode()).isZero();
        assertThat(service.drawn.getFirst().getSampling().getWidth()).isEqualTo(96);
        assertThat(service.drawn.getFirst().getSampling().getHeight()).isEqualTo(72);
        assertThat(service.drawn.getFirst().getSampling().getNegativePrompt()).isEqualTo("blurry");

        Said none = run(
                new SampleCommand(with(service)),
                reaching(Stream.concat(common.stream(), Stream.of("--width", "0"))
                        .toArray(String[]::new)));
        assertThat(none.exitCode()).isEqualTo(2);
        assertThat(none.err()).contains("--width is 0, expected 1 or more");

        Said unguided = run(
                new SampleCommand(with(service)),
                reaching(Stream.concat(common.stream(), Stream.of("--guidance", "0"))
                        .toArray(String[]::new)));
        assertThat(unguided.exitCode()).isEqualTo(2);
        assertThat(unguided.err()).contains("--guidance is 0.0, expected more than 0");
    }

    @Test
    void sampleNamesTheStepsThatThereAre() {
        service.events.addAll(List.of(Told.accepted("cat-1", SPEC), Told.published("cat-1", 200)));

        Said said = run(
                new SampleCommand(with(service)),
                reaching("cat-1", "--prompt", "p", "--step", "100", "--out", folder.toString()));

        assertThat(said.exitCode()).isEqualTo(2);
        assertThat(said.err()).contains("no checkpoint of step 100, expected base or one of [200]");
    }

    @Test
    void cancelWaitsUntilTheServiceSaysSo() {
        service.events.add(Told.requested("cat-1", SPEC, 0));

        Said said = run(new CancelCommand(with(service)), reaching("cat-1", "--reason", "wrong photos"));

        assertThat(said).isEqualTo(new Said(0, "run cat-1 cancelled: wrong photos" + System.lineSeparator(), ""));
    }

    @Test
    void eraseWantsToBeToldReallyAndWaitsUntilTheServiceSaysSo() {
        service.events.addAll(List.of(Told.ready("cat-1", 400), Told.erased("cat-1", 3))); // and asked again

        Said unsure = run(new EraseCommand(with(service)), reaching("cat-1"));
        int before = service.events.size();
        Said said = run(new EraseCommand(with(service)), reaching("cat-1", "--yes"));

        assertThat(unsure.exitCode()).isEqualTo(2);
        assertThat(unsure.err()).contains("Cannot erase run cat-1 unasked", "Say --yes");
        assertThat(before).isEqualTo(2);
        assertThat(said)
                .isEqualTo(new Said(0, "run cat-1 is erased: 12 objects are gone" + System.lineSeparator(), ""));
    }

    @Test
    void cancelRefusesARunThatIsOver() {
        service.events.add(Told.ready("cat-1", 400));

        Said said = run(new CancelCommand(with(service)), reaching("cat-1"));

        assertThat(said.exitCode()).isEqualTo(1);
        assertThat(said.err()).contains("Cannot cancel run cat-1: it is over, ready at step 400");
    }

    @Test
    void checkpointDownloadsTheNewestUnlessAStepIsNamed() {
        service.events.add(Told.published("cat-1", 400));
        service.announced.add(
                CheckpointReady.newBuilder().setRunId("cat-1").setStep(200).build());
        service.announced.add(
                CheckpointReady.newBuilder().setRunId("dog").setStep(900).build());
        service.announced.add(CheckpointReady.newBuilder()
                .setRunId("cat-1")
                .setStep(400)
                .setLast(true)
                .build());
        String out = folder.resolve("model").toString();

        assertThat(run(new CheckpointCommand(with(service)), reaching("cat-1", "--out", out))
                        .out())
                .startsWith("step 400, weights ");
        assertThat(folder.resolve("model")).isDirectoryContaining("glob:**.json");
        assertThat(run(new CheckpointCommand(with(service)), reaching("cat-1", "--out", out, "--step", "200"))
                        .err())
                .contains(out + ": it exists, expected a new one");
        assertThat(run(new CheckpointCommand(with(service)), reaching("cat-1", "--out", out + "-200", "--step", "200"))
                        .out())
                .startsWith("step 200, weights ");
        assertThat(run(new CheckpointCommand(with(service)), reaching("cat-1", "--out", out + "-7", "--step", "7"))
                        .err())
                .contains("none of step 7 was published");
        assertThat(folder).isDirectoryNotContaining("glob:**draft**");
    }

    @Test
    void checkpointDownloadsTheOneThatTheJudgeRecommends() {
        String out = folder.resolve("model").toString();
        for (long step : List.of(200L, 400L)) {
            service.announced.add(CheckpointReady.newBuilder()
                    .setRunId("cat-1")
                    .setStep(step)
                    .setLast(step == 400)
                    .build());
        }
        service.events.add(Told.published("cat-1", 400));
        assertThat(run(new CheckpointCommand(with(service)), reaching("cat-1", "--out", out, "--recommended"))
                        .err())
                .contains("it is not ready");

        service.events.add(RunEvent.newBuilder()
                .setRunId("cat-1")
                .setReady(RunReady.newBuilder().setStep(400).setRecommendedStep(200))
                .build());

        assertThat(run(new CheckpointCommand(with(service)), reaching("cat-1", "--out", out, "--recommended"))
                        .out())
                .startsWith("step 200, weights ");
        assertThat(run(
                                new CheckpointCommand(with(service)),
                                reaching("cat-1", "--out", out + "-400", "--recommended", "--step", "400"))
                        .err())
                .contains("expected one of them");
    }

    @Test
    void checkpointBecomesOneFileInThePrecisionAskedFor() {
        service.events.add(Told.accepted(
                "cat-1",
                RunSpec.newBuilder().setInstancePrompt("a photo of a sks cat").build()));
        service.events.add(Told.published("cat-1", 400));
        service.announced.add(
                CheckpointReady.newBuilder().setRunId("cat-1").setStep(400).build());
        service.checkpoint =
                target -> RandomModel.write(target, RandomModel.Size.TINY, Path.of("../base-model/tokenizer"));
        Path out = folder.resolve("cat.safetensors");

        Said said = run(
                new CheckpointCommand(with(service)),
                reaching("cat-1", "--out", out.toString(), "--format", "ldm", "--precision", "bf16"));

        assertThat(said.err()).isEmpty();
        assertThat(Safetensors.open(out).metadata())
                .containsEntry("modelspec.title", "cat-1")
                .containsEntry("modelspec.trigger_phrase", "a photo of a sks cat");
        assertThat(Safetensors.open(out).sources().values())
                .allSatisfy(tensor -> assertThat(tensor.type()).isEqualTo(Precision.BF16.type()));
        assertThat(folder).isDirectoryNotContaining(file -> !file.equals(out));
        assertThat(run(
                                new CheckpointCommand(with(service)),
                                reaching("cat-1", "--out", out.toString(), "--format", "ldm"))
                        .err())
                .contains("it exists");
    }

    @Test
    void checkpointAddsALoraToTheWeights() {
        service.events.add(Told.published("cat-1", 400));
        service.announced.add(
                CheckpointReady.newBuilder().setRunId("cat-1").setStep(400).build());
        Path model = folder.resolve("model");
        RandomModel.write(model, RandomModel.Size.TINY, Path.of("../base-model/tokenizer"));
        service.checkpoint = target -> CheckpointExport.diffusers(model, target, Precision.FP32);
        String layer = "down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_q";
        Path lora = lora(layer, model);
        Path out = folder.resolve("added");

        Said said = run(
                new CheckpointCommand(with(service)),
                reaching("cat-1", "--out", out.toString(), "--lora", lora.toString(), "--lora-weight", "0.5"));

        assertThat(said.err()).isEmpty();
        float[] before = query(model, layer);
        float[] after = query(out, layer);
        assertThat(after[0]).isEqualTo(before[0] + 0.5f);
        assertThat(after[1]).isEqualTo(before[1]);
        assertThat(folder).isDirectoryNotContaining("glob:**/.*");
    }

    @Test
    void aCheckpointThatCannotBeConvertedLeavesNothingAndTakesNothingAway() throws IOException {
        service.events.add(Told.published("cat-1", 400));
        service.announced.add(
                CheckpointReady.newBuilder().setRunId("cat-1").setStep(400).build());
        service.checkpoint = target -> {
            RandomModel.write(target, RandomModel.Size.TINY, Path.of("../base-model/tokenizer"));
            cutShort(target.resolve("vae/diffusion_pytorch_model.safetensors")); // after the UNet is converted
        };
        Path mine = Files.createFile(
                Files.createDirectories(folder.resolve("model.download")).resolve("mine"));
        Path out = folder.resolve("model");

        Said said = run(
                new CheckpointCommand(with(service)),
                reaching("cat-1", "--out", out.toString(), "--precision", "bf16"));

        assertThat(said.exitCode()).isNotZero();
        assertThat(mine).exists();
        assertThat(folder).isDirectoryNotContaining(file -> !mine.startsWith(file));
    }

    private static void cutShort(Path file) {
        try {
            Files.write(file, new byte[] {1});
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void loraOptionsThatMakeNoSenseAreWrongUse() {
        assertThat(run(new CheckpointCommand(with(service)), reaching("cat-1", "--out", "x", "--lora", "none.st"))
                        .err())
                .contains("none.st: there is no such file");
        assertThat(run(new CheckpointCommand(with(service)), reaching("cat-1", "--out", "x", "--lora-weight", "2"))
                        .err())
                .contains("--lora-weight 2.0 without a LoRA");
    }

    @Test
    void samplesAreDrawnWithALora() throws IOException {
        service.events.add(Told.accepted("cat-1", RunSpec.getDefaultInstance()));
        service.events.add(Told.published("cat-1", 400));
        Path lora = Files.createFile(folder.resolve("style.safetensors"));

        run(
                new SampleCommand(with(service)),
                reaching("cat-1", "--prompt", "a cat", "--out", folder.toString(), "--lora", lora.toString()));

        assertThat(service.drawn.getFirst().getLora().getFile().getKey()).isEqualTo("lora/style.safetensors");
        assertThat(service.drawn.getFirst().getLora().getWeight()).isEqualTo(1);
    }

    @Test
    void samplesOfAnotherPromptSamplerOrLoraTakeNoOthersFile() throws IOException {
        service.events.add(Told.accepted("cat-1", SPEC));
        service.events.add(Told.published("cat-1", 400));
        Path lora = Files.writeString(folder.resolve("style.safetensors"), "one");
        Path other = Files.writeString(folder.resolve("other.safetensors"), "another");
        Path out = folder.resolve("pictures");
        List<List<String>> different = List.of(
                List.of("--prompt", "a cat"),
                List.of("--prompt", "a dog"),
                List.of("--prompt", "a cat", "--negative-prompt", "blurry"),
                List.of("--prompt", "a cat", "--steps", "3"),
                List.of("--prompt", "a cat", "--lora", lora.toString()),
                List.of("--prompt", "a cat", "--lora", lora.toString(), "--lora-weight", "0.5"),
                List.of("--prompt", "a cat", "--lora", other.toString()));

        for (int i = 0; i < 2; i++) { // the second time the same names
            for (List<String> options : different) {
                List<String> arguments = new ArrayList<>(List.of("cat-1", "--out", out.toString()));
                arguments.addAll(options);
                run(new SampleCommand(with(service)), reaching(arguments.toArray(String[]::new)));
            }
        }

        assertThat(names(out)).hasSameSizeAs(different);
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> String.valueOf(file.getFileName()))
                    .sorted()
                    .toList();
        }
    }

    /** Rank 1; adds one to the first weight. */
    private Path lora(String layer, Path model) {
        Path file = folder.resolve("lora.safetensors");
        Shape shape = tensor(model, layer).shape();
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray down = manager.zeros(new Shape(1, shape.get(1)));
            NDArray up = manager.zeros(new Shape(shape.get(0), 1));
            down.set(new NDIndex(0, 0), 1);
            up.set(new NDIndex(0, 0), 1);
            Safetensors.write(
                    Map.of("unet." + layer + ".lora_A.weight", down, "unet." + layer + ".lora_B.weight", up),
                    Map.of(),
                    file);
        }
        return file;
    }

    private static float[] query(Path model, String layer) {
        return tensor(model, layer).floats();
    }

    private static TensorSource tensor(Path model, String layer) {
        return Objects.requireNonNull(Safetensors.open(model.resolve("unet/diffusion_pytorch_model.safetensors"))
                .sources()
                .get(layer + ".weight"));
    }

    @Test
    void commandsAboutOneRunReadNoOther() {
        service.events.addAll(List.of(Told.accepted("cat-1", SPEC), Told.published("cat-1", 400), Told.step("dog", 1)));
        service.announced.add(
                CheckpointReady.newBuilder().setRunId("cat-1").setStep(400).build());
        String out = folder.resolve("model").toString();

        Said events = run(new EventsCommand(with(service)), reaching("cat-1"));
        run(new SampleCommand(with(service)), reaching("cat-1", "--prompt", "p", "--out", folder.toString()));
        run(new CheckpointCommand(with(service)), reaching("cat-1", "--out", out));
        run(new CancelCommand(with(service)), reaching("cat-1"));

        assertThat(events.out().lines()).hasSize(2).allMatch(line -> line.contains("\"runId\":\"cat-1\""));
        assertThat(service.drawn).hasSize(1);
        assertThat(service.downloads).hasSize(1);
        assertThat(service.events).last().matches(RunEvent::hasCancelled);
        assertThat(service.replaysOfAll).isZero();
    }

    @Test
    void checkpointRefusesAFormatItDoesNotKnow() {
        assertThat(run(new CheckpointCommand(with(service)), reaching("cat-1", "--out", "x", "--format", "onnx"))
                        .err())
                .contains("as onnx, expected diffusers or ldm");
        assertThat(run(new CheckpointCommand(with(service)), reaching("cat-1", "--out", "x", "--precision", "int8"))
                        .err())
                .contains("precision int8, expected fp32, fp16 or bf16");
    }

    @Test
    void aRunThatDoesNotExistIsWrongUse() {
        Said said = run(new CancelCommand(with(service)), reaching("nobody"));

        assertThat(said.exitCode()).isEqualTo(2);
        assertThat(said.err()).contains("Cannot find run nobody");
    }
}
