package org.dreamboothactors.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.types.Shape;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.dreamboothactors.diffusion.weights.pickle.LatentFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Both blocks of NeMo's documentation, from a NeMo archive to a checkpoint, by a service of its own process. */
@Timeout(900)
class NemoBlocksIT {
    private static final Duration LONGEST = Duration.ofMinutes(5); // a machine that is busy otherwise
    private static final String ARCHIVE = "nemo-v1-5.nemo";
    /** The archive's vocabulary has 24 entries: letters of our prompts, inside and at the end of words. */
    private static final String LETTERS = "aphotfskdgi";

    @TempDir
    Path folder = Path.of("");

    private Processes processes = new Processes(folder, LONGEST);

    @BeforeEach
    void serve() throws IOException, InterruptedException, URISyntaxException {
        processes = new Processes(folder, LONGEST);
        Files.copy(resource(ARCHIVE), folder.resolve(ARCHIVE));
        tokenizer();
        photos("photos", 1, 3);
        Process service = processes.start("serve", "--base-model", folder + "/" + ARCHIVE);
        processes.lineWith("Ready", service);
    }

    @AfterEach
    void stop() {
        processes.close();
    }

    @Test
    void runsBothBlocksWithANemoArchive() throws Exception {
        String drawn = run("prior-preservation.yaml", "model.with_prior_preservation=True", "infer.inference_steps=2");
        assertThat(drawn).startsWith("0 ").contains("2 class images stored");
        assertThat(names("reg")).containsExactly("class-0.png", "class-1.png");

        photos("mine", 2, 1);
        String toppedUp = run(
                "prior-preservation.yaml",
                "model.with_prior_preservation=True",
                "infer.inference_steps=2",
                "model.data.regularization_dir=" + folder + "/mine");
        assertThat(toppedUp).startsWith("0 ").contains("1 class images of your own", "1 class images stored");
        assertThat(names("mine")).containsExactly("0.png", "class-0.png");

        assertThat(run("cached-latents.yaml")).startsWith("0 ").contains("3 latents stored in");
        assertThat(cached()).startsWith("0 ").contains("3 latents stored in");
        assertThat(names("photos_cached"))
                .containsExactly("instance_image_cache_0.pt", "instance_image_cache_1.pt", "instance_image_cache_2.pt");
        Path first = folder.resolve("photos_cached/instance_image_cache_0.pt");
        assertThat(LatentFile.read(first).shape()).isEqualTo(new Shape(8, 32, 32));

        assertThat(names("reg_cached")).containsExactly("reg_image_cache_0.pt", "reg_image_cache_1.pt");

        String[] folders = {
            "model.data.cached_instance_dir=" + folder + "/photos_cached",
            "model.data.cached_reg_dir=" + folder + "/reg_cached"
        };
        String given = cached(folders);
        assertThat(given).startsWith("0 ").doesNotContain("latents stored");

        Files.delete(first);
        String anew = cached(folders);
        assertThat(anew)
                .startsWith("0 ")
                .contains("holds 2 latents of 3 pictures", "3 latents stored in")
                .doesNotContain("2 latents stored in");
        assertThat(first).exists();
    }

    private String cached(String... more) throws Exception {
        List<String> both = new ArrayList<>(List.of("model.with_prior_preservation=True", "infer.inference_steps=2"));
        both.addAll(List.of(more));
        return run("cached-latents.yaml", both.toArray(String[]::new));
    }

    /** The block with its paths replaced, and as little to do as possible. */
    private String run(String block, String... more) throws IOException, InterruptedException, URISyntaxException {
        List<String> arguments = new ArrayList<>(List.of(
                "submit",
                "--wait",
                "--run",
                resource(block).toString(),
                "model.restore_from_path=" + folder + "/" + ARCHIVE,
                "model.data.instance_dir=" + folder + "/photos",
                "model.data.regularization_dir=" + folder + "/reg",
                "model.data.num_reg_images=2",
                "model.data.resolution=64",
                "trainer.max_steps=2"));
        arguments.addAll(List.of(more));
        return processes.run(arguments.toArray(String[]::new));
    }

    private static Path resource(String name) throws URISyntaxException {
        return Path.of(Objects.requireNonNull(NemoBlocksIT.class.getResource("/" + name))
                .toURI());
    }

    private List<String> names(String name) throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve(name))) {
            return files.map(file -> String.valueOf(file.getFileName()))
                    .filter(file -> !file.startsWith("."))
                    .sorted()
                    .toList();
        }
    }

    private void tokenizer() throws IOException {
        List<String> entries = new ArrayList<>();
        LETTERS.chars().forEach(letter -> {
            entries.add("\"" + (char) letter + "\": " + entries.size());
            entries.add("\"" + (char) letter + "</w>\": " + entries.size());
        });
        entries.add("\"<|startoftext|>\": " + entries.size());
        entries.add("\"<|endoftext|>\": " + entries.size());
        Path tokenizer = Files.createDirectories(folder.resolve("tokenizer"));
        Files.writeString(tokenizer.resolve("vocab.json"), "{" + String.join(", ", entries) + "}");
        Files.writeString(tokenizer.resolve("merges.txt"), "#version: 0.2\n");
    }

    private void photos(String name, long seed, int count) throws IOException {
        Files.createDirectories(folder.resolve(name));
        Random random = new Random(seed);
        for (int photo = 0; photo < count; photo++) {
            BufferedImage image = new BufferedImage(64, 64, BufferedImage.TYPE_INT_RGB);
            for (int i = 0; i < 64 * 64; i++) {
                image.setRGB(i % 64, i / 64, random.nextInt(1 << 24));
            }
            ImageIO.write(
                    image, "png", folder.resolve(name + "/" + photo + ".png").toFile());
        }
    }
}
