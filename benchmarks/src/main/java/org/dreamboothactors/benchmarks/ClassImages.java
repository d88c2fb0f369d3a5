package org.dreamboothactors.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.LongStream;
import org.dreamboothactors.diffusion.ComputePrecision;
import org.dreamboothactors.diffusion.Drawing;
import org.dreamboothactors.diffusion.PeakMemory;
import org.dreamboothactors.diffusion.StableDiffusion;
import org.dreamboothactors.diffusion.schedulers.SamplerKind;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Times the drawing of class images: one line a round, {@code round N total SECONDS ...}. */
@Command(name = "class-images", mixinStandardHelpOptions = true, description = "Times the drawing of class images.")
final class ClassImages implements Callable<Integer> {
    @Parameters(paramLabel = "MODEL", description = "diffusers folder")
    Path model = Path.of("");

    @Option(names = "--rounds", defaultValue = "3", description = "default 3; the first is a warm-up")
    int rounds;

    @Option(names = "--images", defaultValue = "1", description = "pictures a round, drawn at once; default 1")
    int images;

    @Option(names = "--steps", defaultValue = "5", description = "of the sampler (dpmpp_2m); default 5")
    int steps;

    @Option(names = "--size", defaultValue = "512", description = "sides in pixels; default 512")
    int size;

    @Option(names = "--threads", description = "default: all cores")
    int threads = Runtime.getRuntime().availableProcessors();

    @Option(names = "--precision", defaultValue = "32", description = "32, bf16 or auto; default 32")
    String precision = "32";

    @Override
    public Integer call() throws IOException {
        List<Long> seeds = LongStream.range(0, images).boxed().toList();
        List<String> prompts = Collections.nCopies(images, "a photo of a teapot");
        Drawing drawing =
                new Drawing(prompts, seeds, SamplerKind.DPMPP_2M, steps, 0, 7.5, "", size, size, Math.min(images, 4));
        Path out = Files.createTempDirectory("class-images");
        try (StableDiffusion diffusion =
                StableDiffusion.open(model, threads, ComputePrecision.of(precision), Optional.empty())) {
            for (int round = 0; round < rounds; round++) {
                long start = System.nanoTime();
                diffusion.draw(drawing, out, (_, _) -> {});
                System.out.printf(
                        "round %d total %.3f rss %s%n", round, (System.nanoTime() - start) / 1e9, PeakMemory.text());
            }
        } finally {
            for (int i = 0; i < images; i++) {
                Files.deleteIfExists(out.resolve(i + ".png"));
            }
            Files.delete(out);
        }
        return 0;
    }
}
