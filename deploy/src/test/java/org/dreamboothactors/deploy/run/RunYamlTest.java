package org.dreamboothactors.deploy.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.dreamboothactors.protocol.v1.Compute;
import org.dreamboothactors.protocol.v1.Lora;
import org.dreamboothactors.protocol.v1.Priority;
import org.dreamboothactors.protocol.v1.RunSpec;
import org.dreamboothactors.protocol.v1.Training;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class RunYamlTest {
    @Test
    void takesThePriorPreservationBlockAsItStands() throws URISyntaxException {
        RunDescription run = RunYaml.read(List.of(resource("prior-preservation.yaml")), List.of());

        assertThat(run.photos()).contains(Path.of("/datasets/instance_dir"));
        assertThat(run.spec().getInstancePrompt()).isEqualTo("a photo of a sks dog");
        assertThat(run.spec().getClassPrompt()).isEqualTo("a photo of a dog");
        assertThat(run.spec().getResolution()).isEqualTo(512);
        assertThat(run.spec().getCenterCrop()).isTrue();
        assertThat(run.sampling().getBatchSize()).isEqualTo(4); // num_images_per_prompt
        assertThat(run.spec().hasPrior()).isFalse();
        assertThat(run.baseModel()).isEmpty(); // restore_from_path is disregarded without prior preservation
    }

    @Test
    void takesTheCachedLatentsBlockAsItStands() throws URISyntaxException {
        RunDescription run = RunYaml.read(List.of(resource("cached-latents.yaml")), List.of());

        assertThat(run.spec().getInstancePrompt()).isEqualTo("a photo of a sks dog");
    }

    @Test
    void overridesWinOverTheFile() throws URISyntaxException {
        RunDescription run = RunYaml.read(
                List.of(resource("prior-preservation.yaml")),
                List.of("model.with_prior_preservation=True", "model.restore_from_path=sd15", "++trainer.max_steps=7"));

        assertThat(run.spec().getPrior().getNumClassImages()).isEqualTo(10);
        assertThat(run.spec().getPrior().getLossWeight()).isEqualTo(0.5);
        assertThat(run.spec().getTraining().getMaxSteps()).isEqualTo(7);
        assertThat(run.baseModel()).contains(Path.of("sd15"));
        assertThat(run.classImages()).contains(Path.of("/datasets/nemo_dogs"));
    }

    @Test
    void takesAPriorityByItsName() {
        assertThat(RunYaml.read(List.of(), List.of()).spec().getPriority()).isEqualTo(Priority.PRIORITY_UNSPECIFIED);
        assertThat(RunYaml.read(List.of(), List.of("priority=High")).spec().getPriority())
                .isEqualTo(Priority.HIGH);
        assertThatThrownBy(() -> RunYaml.read(List.of(), List.of("priority=urgent")))
                .hasMessageContaining("priority is urgent, expected low, normal or high");
    }

    @Test
    void namesFoldersOfCachedLatentsOnlyToRunsThatUseThem() {
        List<String> folders = List.of("model.data.cached_instance_dir=/photos", "model.data.cached_reg_dir=/class");
        List<String> used = Stream.concat(folders.stream(), Stream.of("model.use_cached_latents=True"))
                .toList();

        assertThat(RunYaml.read(List.of(), folders).cached()).isEmpty();
        assertThat(RunYaml.read(List.of(), used).cached())
                .contains(new CachedFolders(Optional.of(Path.of("/photos")), Optional.of(Path.of("/class"))));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"model.unet_config.from_pretrained=other", "trainer.num_nodes=2", "model.global_batch_size=8"})
    void refusesByNameWhatComesLater(String override) {
        assertThatThrownBy(() -> RunYaml.read(List.of(), List.of(override)))
                .hasMessageContaining(override.substring(0, override.indexOf('=')))
                .hasMessageContaining("not supported yet");
    }

    @Test
    void takesKeysOfLaterFeaturesWhoseValueAsksForNothing() {
        List<String> nothing =
                List.of("model.inductor=False", "model.channels_last=false", "trainer.devices=1", "model.snr_gamma=");

        assertThat(RunYaml.read(List.of(), nothing).spec())
                .isEqualTo(RunYaml.read(List.of(), List.of()).spec());
    }

    @Test
    void readsHowToCompute() {
        Training training = RunYaml.read(
                        List.of(),
                        List.of(
                                "trainer.precision=bf16-mixed",
                                "model.optim.name=adamw_8bit",
                                "model.channels_last=True",
                                "model.inductor=True",
                                "model.unet_config.use_flash_attention=False"))
                .spec()
                .getTraining();

        assertThat(training.getCompute())
                .isEqualTo(Compute.newBuilder()
                        .setPrecision("bf16")
                        .setOptimizer("adamw_8bit")
                        .setChannelsLast(true)
                        .setExplicitAttention(true)
                        .setWholeGraph(true)
                        .build());
    }

    @ParameterizedTest
    @ValueSource(strings = {"trainer.precision=16", "model.optim.name=adafactor"})
    void refusesOtherWaysToCompute(String override) {
        assertThatThrownBy(() -> RunYaml.read(List.of(), List.of(override)))
                .hasMessageContaining(override.substring(0, override.indexOf('=')))
                .hasMessageContaining("expected");
    }

    @Test
    void readsWhatGoesBeyondPlainDreamBooth() {
        Training training = RunYaml.read(
                        List.of(),
                        List.of(
                                "trainer.max_steps=400",
                                "trainer.devices=2",
                                "trainer.accumulate_grad_batches=4",
                                "model.snr_gamma=5",
                                "model.noise_offset=0.1",
                                "exp_manager.ema.enable=True",
                                "model.optim.sched.name=WarmupHoldPolicy",
                                "model.optim.sched.warmup_steps=1",
                                "model.optim.sched.hold_steps=10000000000000"))
                .spec()
                .getTraining();

        assertThat(training.getRanks()).isEqualTo(2);
        assertThat(training.getAccumulation()).isEqualTo(4);
        assertThat(training.getSnrGamma()).isEqualTo(5);
        assertThat(training.getNoiseOffset()).isEqualTo(0.1);
        assertThat(training.getEmaDecay()).isEqualTo(0.9999);
        assertThat(training.getLrSchedule()).isEqualTo("WarmupHoldPolicy");
        assertThat(training.getLrWarmupSteps()).isEqualTo(1);
    }

    @Test
    void readsAdaptersAndActivationCheckpointing() {
        Training training = RunYaml.read(
                        List.of(),
                        List.of(
                                "model.peft.peft_scheme=sdlora",
                                "model.peft.lora_tuning.adapter_dim=8",
                                "model.peft.lora_tuning.network_alpha=16",
                                "model.peft.lora_tuning.target_modules=[to_q, ff.net.2]",
                                "model.unet_config.use_checkpoint=True"))
                .spec()
                .getTraining();

        assertThat(training.getLora().getRank()).isEqualTo(8);
        assertThat(training.getLora().getAlpha()).isEqualTo(16);
        assertThat(training.getLora().getTargetsList()).containsExactly("to_q", "ff.net.2");
        assertThat(training.getActivationCheckpointing()).isTrue();
        assertThat(RunYaml.read(List.of(), List.of("model.peft.peft_scheme=none"))
                        .spec()
                        .getTraining()
                        .hasLora())
                .isFalse();
        assertThatThrownBy(() -> RunYaml.read(List.of(), List.of("model.peft.peft_scheme=ia3")))
                .hasMessageContaining("model.peft.peft_scheme is ia3");
    }

    @Test
    void refusesALearningRateThatFallsAfterAHold() {
        List<String> shortHold = List.of("trainer.max_steps=400", "model.optim.sched.hold_steps=100");

        assertThatThrownBy(() -> RunYaml.read(List.of(), shortHold))
                .hasMessageContaining("model.optim.sched.hold_steps is 100");
    }

    @Test
    void takesANemoCheckpointToRestoreFrom() throws URISyntaxException {
        Path file = resource("prior-preservation.yaml");

        assertThat(RunYaml.read(List.of(file), List.of("model.with_prior_preservation=True"))
                        .baseModel())
                .contains(Path.of("/ckpts/nemo-v1-5-188000-ema.nemo"));
    }

    @Test
    void namesTheNearestKey() {
        assertThatThrownBy(() -> RunYaml.read(List.of(), List.of("model.data.resolutoin=64")))
                .hasMessageContaining("expected one that ./dreambooth keys lists")
                .hasMessageContaining("Did you mean model.data.resolution?");
    }

    @Test
    void flagsWinOverYaml() throws URISyntaxException {
        RunOptions options = new RunOptions();
        new CommandLine(new Host(options))
                .parseArgs(
                        "--run",
                        resource("prior-preservation.yaml").toString(),
                        "--class",
                        "cat",
                        "--steps",
                        "9",
                        "--class-images",
                        "4",
                        "model.data.resolution=64");

        RunSpec spec = options.describe().spec();

        assertThat(spec.getInstancePrompt()).isEqualTo("a photo of a sks cat");
        assertThat(spec.getTraining().getMaxSteps()).isEqualTo(9);
        assertThat(spec.getPrior().getNumClassImages()).isEqualTo(4);
        assertThat(spec.getResolution()).isEqualTo(64);
    }

    @Test
    void negatedFlagsSwitchOffWhatYamlSwitchesOn() {
        List<String> yaml = List.of("model.with_prior_preservation=True", "model.train_text_encoder=True");
        RunOptions options = new RunOptions();
        new CommandLine(new Host(options))
                .parseArgs("--class", "cat", "--no-prior", "--no-train-text-encoder", yaml.get(0), yaml.get(1));

        RunSpec spec = options.describe().spec();

        assertThat(spec.hasPrior()).isFalse();
        assertThat(spec.getTraining().getTrainTextEncoder()).isFalse();
    }

    @Test
    void drawsClassImagesAndValidationPicturesAsInferSays() {
        RunOptions options = new RunOptions();
        new CommandLine(new Host(options))
                .parseArgs(
                        "--class",
                        "cat",
                        "--prior",
                        "--validation-prompt",
                        "a cat",
                        "--guidance",
                        "3",
                        "--negative-prompt",
                        "blurry",
                        "infer.inference_steps=12",
                        "infer.sampler_type=DDIM",
                        "infer.width=96",
                        "infer.height=64");

        RunSpec spec = options.describe().spec();

        assertThat(spec.getPrior().getSampling())
                .isEqualTo(spec.getValidation().getSampling().toBuilder()
                        .clearWidth() // class images are squares of the resolution
                        .clearHeight()
                        .build());
        assertThat(spec.getValidation().getSampling().getWidth()).isEqualTo(96);
        assertThat(spec.getValidation().getSampling().getHeight()).isEqualTo(64);
        assertThat(spec.getPrior().getSampling().getNegativePrompt()).isEqualTo("blurry");
        assertThat(spec.getPrior().getSampling().getSampler()).isEqualTo("ddim");
        assertThat(spec.getPrior().getSampling().getInferenceSteps()).isEqualTo(12);
        assertThat(spec.getPrior().getSampling().getGuidanceScale()).isEqualTo(3);
    }

    @Test
    void takesTheOptimizersNumbers() {
        Training training = RunYaml.read(
                        List.of(),
                        List.of(
                                "trainer.gradient_clip_val=0.5",
                                "model.optim.betas=[0.8, 0.99]",
                                "model.optim.eps=1e-7"))
                .spec()
                .getTraining();

        assertThat(training.getMaxGradNorm()).isEqualTo(0.5);
        assertThat(training.getAdamBeta1()).isEqualTo(0.8);
        assertThat(training.getAdamBeta2()).isEqualTo(0.99);
        assertThat(training.getAdamEpsilon()).isEqualTo(1e-7);
        assertThat(RunYaml.read(List.of(), List.of("trainer.gradient_clip_val=0"))
                        .spec()
                        .getTraining()
                        .getMaxGradNorm())
                .isEqualTo(1e6);
        for (String betas : List.of("[0.9]", "[0.9, x]", "[0, 0.99]")) {
            assertThatThrownBy(() -> RunYaml.read(List.of(), List.of("model.optim.betas=" + betas)))
                    .hasMessageContaining("model.optim.betas is 0")
                    .hasMessageContaining("expected two numbers");
        }
    }

    @Test
    void latentsThatAreNotToBeCachedAreEncodedOnline() {
        assertThat(onlineOf("model.use_cached_latents=False")).isTrue();
        assertThat(onlineOf("model.use_cached_latents=True")).isFalse();
        assertThat(onlineOf("model.use_cached_latents=")).isFalse();
        assertThat(onlineOf("--no-cache-latents")).isTrue();
        assertThat(onlineOf("--cache-latents")).isFalse();
    }

    @Test
    void aFlagAgainstCachedLatentsLeavesTheirFoldersAlone() {
        assertThat(described("model.use_cached_latents=True").cached()).isPresent();
        assertThat(described("model.use_cached_latents=True", "--no-cache-latents")
                        .cached())
                .isEmpty();
    }

    @Test
    void aFlagThatAsksForClassImagesLeavesTheRestToYaml() {
        for (String flag : List.of("--prior", "--class-images=40", "--prior-weight=1")) {
            RunDescription run = described(
                    flag,
                    "model.with_prior_preservation=False",
                    "model.data.num_reg_images=40",
                    "model.prior_loss_weight=1",
                    "model.data.regularization_dir=reg",
                    "model.restore_from_path=sd15");

            assertThat(run.spec().getPrior().getNumClassImages()).isEqualTo(40);
            assertThat(run.spec().getPrior().getLossWeight()).isEqualTo(1);
            assertThat(run.classImages()).contains(Path.of("reg"));
            assertThat(run.baseModel()).contains(Path.of("sd15"));
        }
        RunDescription without = described(
                "--no-prior",
                "--class-images=40",
                "model.with_prior_preservation=True",
                "model.restore_from_path=sd15",
                "model.data.regularization_dir=reg");
        assertThat(without.spec().hasPrior()).isFalse();
        assertThat(without.baseModel()).contains(Path.of("sd15"));
        assertThat(without.classImages()).isEmpty();
    }

    @Test
    void validationPicturesHaveTheSeedOfYamlWhoeverNamesTheirPrompts() {
        assertThat(described("--validation-prompt", "a cat", "infer.seed=7")
                        .spec()
                        .getValidation()
                        .getSeed())
                .isEqualTo(7);
        assertThat(described("validation.prompts=a cat", "infer.seed=7")
                        .spec()
                        .getValidation()
                        .getSeed())
                .isEqualTo(7);
    }

    @Test
    void aRankAloneAsksForLoraAndLeavesTheRestToYaml() {
        String alpha = "model.peft.lora_tuning.network_alpha=16";
        String targets = "model.peft.lora_tuning.target_modules=[to_q]";

        assertThat(loraOf("--lora-rank=8", alpha, targets))
                .contains(Lora.newBuilder()
                        .setRank(8)
                        .setAlpha(16)
                        .addTargets("to_q")
                        .build());
        assertThat(loraOf("--lora-alpha=2", "--lora-targets=to_v", "model.peft.peft_scheme=sdlora", alpha, targets))
                .contains(Lora.newBuilder().setAlpha(2).addTargets("to_v").build());
        assertThat(loraOf(alpha, targets)).isEmpty(); // as NeMo has it: no scheme, no adapters
        for (String flag : List.of("--lora-alpha=2", "--lora-targets=to_v")) {
            assertThatThrownBy(() -> described(flag, "model.peft.peft_scheme=none"))
                    .hasMessageContaining(flag.substring(0, flag.indexOf('=')) + " without LoRA, expected --lora-rank");
        }
    }

    private static Optional<Lora> loraOf(String... arguments) {
        return Optional.of(described(arguments).spec().getTraining())
                .filter(Training::hasLora)
                .map(Training::getLora);
    }

    @Test
    void refusesASizeOfPicturesThatAreNotDrawn() {
        assertThatThrownBy(() -> described("infer.width=96")).hasMessageContaining("expected --validation-prompt");
    }

    private static RunDescription described(String... arguments) {
        RunOptions options = new RunOptions();
        new CommandLine(new Host(options))
                .parseArgs(Stream.concat(Stream.of("--photos", "p", "--class", "cat"), Stream.of(arguments))
                        .toArray(String[]::new));
        return options.describe();
    }

    private static boolean onlineOf(String argument) {
        return described(argument).spec().getEncodeOnline();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "model.optim.lr=0",
                "model.prior_loss_weight=-1",
                "trainer.max_steps=0",
                "infer.inference_steps=1e3",
                "model.data.num_workers=many",
                "model.use_cached_latents=maybe"
            })
    void refusesANumberThatMakesNoSense(String override) {
        List<String> overrides = List.of("model.with_prior_preservation=True", override);

        assertThatThrownBy(() -> RunYaml.read(List.of(), overrides))
                .hasMessageContaining(override.replace("=", " is "))
                .hasMessageContaining("expected");
    }

    @Test
    void aWeightDecayOfZeroIsNoneAndNotTheDefault() {
        assertThat(RunYaml.read(List.of(), List.of("model.optim.weight_decay=0"))
                        .spec()
                        .getTraining()
                        .getAdamWeightDecay())
                .isNegative();
    }

    @CommandLine.Command
    private record Host(@CommandLine.Mixin RunOptions options) {}

    private static Path resource(String name) throws URISyntaxException {
        return Path.of(Objects.requireNonNull(RunYamlTest.class.getResource("/" + name))
                .toURI());
    }
}
