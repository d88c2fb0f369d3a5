package org.dreamboothactors.actors.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.dreamboothactors.actors.work.BaseModels.BaseModel;
import org.dreamboothactors.protocol.v1.PriorPreservation;
import org.dreamboothactors.protocol.v1.RunSpec;
import org.dreamboothactors.protocol.v1.Sampling;
import org.dreamboothactors.protocol.v1.Validation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SchedulerCheckTest {
    @TempDir
    Path model = Path.of("");

    @Test
    void refusesARunWhoseBaseModelHasASchedulerSettingWeDoNotHave() throws IOException {
        assertThat(resolution("{\"beta_schedule\": \"sigmoid\"}", Runs.spec()))
                .isInstanceOfSatisfying(
                        Resolution.Refused.class,
                        refused -> assertThat(refused.reason())
                                .contains("base model toy")
                                .contains("scheduler setting beta_schedule: \"sigmoid\" is not supported"));
        assertThat(resolution("{\"prediction_type\": \"flow\"}", Runs.spec())).isInstanceOf(Resolution.Refused.class);
    }

    @Test
    void refusesOnlyWhatTheRunsOwnSamplerLooksAt() throws IOException {
        String thresholding = "{\"beta_schedule\": \"scaled_linear\", \"thresholding\": true}";

        assertThat(resolution(thresholding, Runs.spec())).isInstanceOf(Resolution.Resolved.class);
        assertThat(resolution(thresholding, drawingBy("ddim"))).isInstanceOf(Resolution.Refused.class);
        assertThat(resolution(thresholding, drawingBy("euler"))).isInstanceOf(Resolution.Resolved.class);
    }

    @Test
    void drawsClassImagesWithDdimWherePlmsHasNothingToGoBy() throws IOException {
        String usual = "{\"beta_schedule\": \"scaled_linear\"}";
        String withoutSignal =
                "{\"beta_schedule\": \"scaled_linear\", \"rescale_betas_zero_snr\": true, \"clip_sample\": false,"
                        + " \"prediction_type\": \"v_prediction\"}";

        assertThat(classImageSampler(resolution(usual, Runs.withPrior(4)))).isEqualTo("plms");
        assertThat(classImageSampler(resolution(withoutSignal, Runs.withPrior(4))))
                .isEqualTo("ddim");
        assertThat(resolution(withoutSignal, drawingBy("plms"))).isInstanceOf(Resolution.Refused.class);
    }

    @Test
    void drawsUnnamedValidationWithoutClippingWhereDdimWouldClipUnasked() throws IOException {
        String clips = "{\"beta_schedule\": \"scaled_linear\"}"; // as EulerDiscreteScheduler saves it

        assertThat(validationSampler(clips, Sampling.getDefaultInstance())).isEqualTo("dpmpp_2m");
        assertThat(validationSampler(
                        clips, Sampling.newBuilder().setSampler("ddim").build()))
                .isEqualTo("ddim");
        assertThat(validationSampler(clips, Sampling.newBuilder().setEta(1).build()))
                .isEqualTo("ddim");
        assertThat(validationSampler(clips.replace("}", ", \"clip_sample\": false}"), Sampling.getDefaultInstance()))
                .isEqualTo("ddim");
        assertThat(validationSampler(clips.replace("}", ", \"clip_sample\": true}"), Sampling.getDefaultInstance()))
                .isEqualTo("ddim");
    }

    @Test
    void drawsPicturesThatAreAskedForLaterAsTheRunItself() throws IOException {
        String clips = "{\"beta_schedule\": \"scaled_linear\"}";
        String asked = clips.replace("}", ", \"clip_sample\": true}");

        assertThat(specs(clips)
                        .sampling(Sampling.getDefaultInstance(), Runs.spec())
                        .getSampler())
                .isEqualTo("dpmpp_2m");
        assertThat(specs(asked)
                        .sampling(Sampling.getDefaultInstance(), Runs.spec())
                        .getSampler())
                .isEqualTo("ddim");
    }

    /** What DPM-Solver++ does not know, ddim never looks at. */
    @Test
    void drawsUnnamedValidationWithDdimWhereTheOtherIsRefused() throws IOException {
        String deis = "{\"beta_schedule\": \"scaled_linear\", \"algorithm_type\": \"deis\"}";

        assertThat(validationSampler(deis, Sampling.getDefaultInstance())).isEqualTo("ddim");
        assertThat(validationSampler(
                        deis, Sampling.newBuilder().setSampler("dpmpp_2m").build()))
                .isEqualTo("refused");
    }

    private String validationSampler(String config, Sampling wanted) throws IOException {
        RunSpec spec = Runs.spec().toBuilder()
                .setValidation(
                        Validation.newBuilder().addPrompts("a photo of sks dog").setSampling(wanted))
                .build();
        return resolution(config, spec) instanceof Resolution.Resolved resolved
                ? resolved.spec().getValidation().getSampling().getSampler()
                : "refused";
    }

    private static String classImageSampler(Resolution resolution) {
        return resolution instanceof Resolution.Resolved resolved
                ? resolved.spec().getPrior().getSampling().getSampler()
                : "" + resolution;
    }

    /** Their tables would fill the coordinator's memory. */
    @Test
    void refusesMoreTimestepsThanAnybodyTrainsWith() throws IOException {
        assertThat(resolution("{\"num_train_timesteps\": 1000000000}", Runs.spec()))
                .isInstanceOfSatisfying(
                        Resolution.Refused.class,
                        refused -> assertThat(refused.reason()).contains("num_train_timesteps", "2 to 100000"));
    }

    @Test
    void knowsAFileThatIsNone() throws IOException {
        assertThat(resolution("no json", Runs.spec())).isInstanceOf(Resolution.Refused.class);
    }

    private static RunSpec drawingBy(String sampler) {
        return Runs.withPrior(4).toBuilder()
                .setPrior(PriorPreservation.newBuilder()
                        .setNumClassImages(4)
                        .setSampling(Sampling.newBuilder().setSampler(sampler)))
                .build();
    }

    private Resolution resolution(String config, RunSpec spec) throws IOException {
        return specs(config).resolve(spec);
    }

    private Specs specs(String config) throws IOException {
        Files.writeString(Files.createDirectories(model.resolve("scheduler")).resolve("scheduler_config.json"), config);
        return new Specs(name -> new BaseModel(name, model, "d1", 64), Runs.TOY);
    }
}
