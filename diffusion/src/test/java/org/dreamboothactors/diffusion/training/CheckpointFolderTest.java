package org.dreamboothactors.diffusion.training;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointFolderTest {

    @Test
    void copiesAllButTrainedWeights(@TempDir Path folder) throws IOException {
        Path base = folder.resolve("base");
        write(
                base,
                "unet/config.json",
                "unet/diffusion_pytorch_model-00001-of-00002.safetensors",
                "vae/diffusion_pytorch_model.safetensors");
        Files.writeString(base.resolve("model_index.json"), "{}");
        Files.writeString(
                base.resolve("unet/diffusion_pytorch_model.safetensors.index.json"),
                "{\"weight_map\":{\"a\":\"diffusion_pytorch_model-00001-of-00002.safetensors\"}}");
        Path target = folder.resolve("target");

        CheckpointFolder.write(base, target, Map.of("unet", file -> Files.writeString(file, "trained")));

        assertThat(target.resolve("unet/diffusion_pytorch_model.safetensors")).hasContent("trained");
        assertThat(target.resolve("vae/diffusion_pytorch_model.safetensors"))
                .hasContent(quoted("vae/diffusion_pytorch_model.safetensors"));
        assertThat(target.resolve("unet"))
                .isDirectoryNotContaining(file -> file.getFileName().toString().contains("index"));
        assertThat(target.resolve("unet"))
                .isDirectoryNotContaining(file -> file.getFileName().toString().contains("00001"));
    }

    @Test
    void takesFromARepositoryWhatAPipelineLoads(@TempDir Path folder) throws IOException {
        Path base = folder.resolve("base");
        write(
                base,
                ".gitattributes",
                ".cache/huggingface/download/unet.metadata",
                "LICENSE.md",
                "v1-5-pruned.ckpt",
                "v1-5-pruned-emaonly.safetensors",
                "feature_extractor/preprocessor_config.json",
                "safety_checker/config.json",
                "safety_checker/model.fp16.safetensors",
                "safety_checker/model.safetensors",
                "safety_checker/pytorch_model.bin",
                "scheduler/scheduler_config.json",
                "text_encoder/config.json",
                "text_encoder/model.fp16.safetensors",
                "tokenizer/vocab.json",
                "unet/.ipynb_checkpoints/config.json",
                "unet/config.json",
                "unet/diffusion_pytorch_model.bin",
                "unet/diffusion_pytorch_model.fp16.safetensors",
                "unet/diffusion_pytorch_model.non_ema.safetensors",
                "unet/diffusion_pytorch_model.safetensors",
                "vae/config.json",
                "vae/diffusion_flax_model.msgpack",
                "vae/diffusion_pytorch_model.fp16.bin",
                "vae/diffusion_pytorch_model.safetensors",
                "vae_encoder/model.onnx");
        Files.writeString(base.resolve("model_index.json"), """
                {"_class_name": "StableDiffusionPipeline", "_diffusers_version": "0.6.0",
                 "feature_extractor": ["transformers", "CLIPImageProcessor"], "image_encoder": [null, null],
                 "safety_checker": ["stable_diffusion", "StableDiffusionSafetyChecker"],
                 "scheduler": ["diffusers", "PNDMScheduler"], "text_encoder": ["transformers", "CLIPTextModel"],
                 "tokenizer": ["transformers", "CLIPTokenizer"], "unet": ["diffusers", "UNet2DConditionModel"],
                 "vae": ["diffusers", "AutoencoderKL"]}
                """);
        Path target = folder.resolve("target");

        CheckpointFolder.write(base, target, Map.of("unet", file -> Files.writeString(file, "trained")));

        try (Stream<Path> files = Files.walk(target)) {
            assertThat(files.filter(Files::isRegularFile)
                            .map(file -> target.relativize(file).toString()))
                    .containsExactlyInAnyOrder(
                            "LICENSE.md",
                            "feature_extractor/preprocessor_config.json",
                            "model_index.json",
                            "safety_checker/config.json",
                            "safety_checker/model.safetensors",
                            "scheduler/scheduler_config.json",
                            "text_encoder/config.json",
                            "text_encoder/model.safetensors",
                            "tokenizer/vocab.json",
                            "unet/config.json",
                            "unet/diffusion_pytorch_model.safetensors",
                            "vae/config.json",
                            "vae/diffusion_pytorch_model.safetensors");
        }
        assertThat(target.resolve("unet/diffusion_pytorch_model.safetensors")).hasContent("trained");
        assertThat(target.resolve("text_encoder/model.safetensors"))
                .as("diffusers looks for this name where it is asked for no variant")
                .hasContent(quoted("text_encoder/model.fp16.safetensors"));
    }

    @Test
    void followsLinksToTheModelAndToItsParts(@TempDir Path folder) throws IOException {
        Path vae = Files.createDirectories(folder.resolve("elsewhere/vae"));
        Files.writeString(vae.resolve("config.json"), "{}");
        Files.writeString(vae.resolve("diffusion_pytorch_model.safetensors"), "vae");
        Path base = Files.createDirectories(folder.resolve("base"));
        Files.writeString(base.resolve("model_index.json"), "{\"vae\": [\"diffusers\", \"AutoencoderKL\"]}");
        Files.createSymbolicLink(base.resolve("vae"), vae);
        Path link = Files.createSymbolicLink(folder.resolve("link"), base);
        Path target = folder.resolve("target");

        CheckpointFolder.write(link, target, Map.of());

        assertThat(target.resolve("model_index.json")).exists();
        assertThat(target.resolve("vae/config.json")).exists();
        assertThat(target.resolve("vae/diffusion_pytorch_model.safetensors")).hasContent("vae");
    }

    @Test
    void saysWhatPrecisionPartsOfTransformersHaveBesideTheOthers(@TempDir Path folder) throws IOException {
        Path base = folder.resolve("base");
        write(base, "text_encoder/config.json", "safety_checker/config.json", "unet/config.json");
        Files.writeString(
                base.resolve("text_encoder/config.json"),
                "{\"model_type\":\"clip_text_model\",\"vocab_size\":7,\"torch_dtype\":\"float16\"}");
        Files.writeString(
                base.resolve("safety_checker/config.json"), "{\"model_type\":\"clip\",\"dtype\":\"float16\"}");
        Files.writeString(base.resolve("unet/config.json"), "{\"_class_name\":\"UNet2DConditionModel\"}");
        Path target = folder.resolve("target");

        CheckpointFolder.write(base, target, Map.of());

        assertThat(json(target.resolve("text_encoder/config.json")))
                .isEqualTo("{\"model_type\":\"clip_text_model\",\"vocab_size\":7,\"dtype\":\"float32\"}");
        assertThat(json(target.resolve("safety_checker/config.json")))
                .isEqualTo("{\"model_type\":\"clip\",\"dtype\":\"float32\"}");
        assertThat(json(target.resolve("unet/config.json"))).isEqualTo("{\"_class_name\":\"UNet2DConditionModel\"}");
    }

    private static String json(Path file) throws IOException {
        return new ObjectMapper().readTree(file.toFile()).toString();
    }

    private static String quoted(String text) {
        return '"' + text + '"';
    }

    /** Each file holds its own name, as JSON. */
    private static void write(Path base, String... files) throws IOException {
        for (String file : files) {
            Files.createDirectories(base.resolve(file).getParent());
            Files.writeString(base.resolve(file), quoted(file));
        }
    }
}
