package org.dreamboothactors.actors.board;

import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.dreamboothactors.protocol.Topics;

/**
 * Shows the dashboard with three made-up runs, one of them going on, to look at it without the rest of the service.
 *
 * <p>Arguments: a folder of photos of the subject, or none; after it a folder for screenshots, which are taken with
 * Chromium and end the program.
 */
final class BoardDemo {
    private static final int STEPS = 400;
    private static final long HOUR_MS = 3_600_000;

    private BoardDemo() {}

    public static void main(String[] arguments) throws Exception {
        Path directory = Files.createTempDirectory("board-demo");
        List<BufferedImage> photos = arguments.length > 0 ? photos(Path.of(arguments[0])) : List.of();
        try (BoardStack stack = new BoardStack(directory, 0)) {
            System.out.println(stack.dashboard().address());
            Story live = tell(stack, photos);
            if (arguments.length > 1) {
                BoardScreens.take(stack, Path.of(arguments[1]), directory);
                return;
            }
            for (long step = 121; ; step++) {
                goOn(stack, live, step);
                TimeUnit.MILLISECONDS.sleep(450);
            }
        }
    }

    private static Story tell(BoardStack stack, List<BufferedImage> photos) {
        long now = System.currentTimeMillis();
        story(stack, "zigzag-teapot", 1, now - 2 * HOUR_MS, photos)
                .requested("studio-north", "a photo of a sks teapot", "a photo of a teapot", STEPS, 16)
                .prepared(16)
                .drawn(0, 0)
                .trainsOn(1, 0, false)
                .steps(1, 0, 230)
                .trainsOn(2, 200, true)
                .steps(2, 200, STEPS)
                .checkpoint(200, false)
                .checkpoint(STEPS, true)
                .ready(STEPS);
        story(stack, "mug-of-joy", 2, now - HOUR_MS, List.of())
                .requested("acme", "a photo of a sks mug", "a photo of a mug", STEPS, 8)
                .prepared(8)
                .failed(
                        "loss is NaN at step 3 of attempt 1: samples photos/2, class-images/5. Lower the learning rate");
        Story live = story(stack, "corgi-in-the-park", 3, now - 120_000, List.of())
                .requested("studio-north", "a photo of a sks corgi", "a photo of a corgi", STEPS, 8)
                .prepared(8)
                .drawn(0, 0)
                .trainsOn(1, 0, false)
                .steps(1, 0, 120);
        stack.send(Topics.LATENT_CACHE, "waits", new byte[0]);
        stack.send(Topics.REG_GENERATION, "waits", new byte[0]);
        stack.send(Topics.REG_GENERATION, "waits", new byte[0]);
        stack.send(Topics.deadLetters(Topics.TRAIN_STEP), "mug-of-joy", new byte[0]);
        StatusSink sink = stack.dashboard().sink();
        sink.report("intake", "idle", "");
        sink.report("coordinator-0", "working", "reads history");
        sink.report("coordinator-1", "idle", "");
        sink.report("device-cpu-0", "working", "corgi-in-the-park");
        sink.report("device-cpu-0/encoder", "idle", "");
        sink.report("device-cpu-0/inference", "restarting", "");
        sink.report("device-cpu-0/inference", "idle", "");
        sink.report("device-cpu-0/trainer", "working", "corgi-in-the-park: step 120 of 400");
        sink.report("device-cpu-1/encoder", "starting", "");
        sink.report("device-cpu-1/trainer", "restarting", "");
        return live;
    }

    private static void goOn(BoardStack stack, Story live, long step) {
        if (step <= STEPS) {
            live.steps(1, step - 1, step);
            stack.dashboard()
                    .sink()
                    .report("device-cpu-0/trainer", "working", "corgi-in-the-park: step " + step + " of " + STEPS);
        } else if (step == STEPS + 1) {
            live.checkpoint(STEPS, true).ready(STEPS);
            stack.dashboard().sink().report("device-cpu-0/trainer", "idle", "");
        }
    }

    private static Story story(BoardStack stack, String id, long seed, long beginMs, List<BufferedImage> photos) {
        return new Story(id, seed, beginMs, stack.store(), photos, stack::tell);
    }

    private static List<BufferedImage> photos(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().matches(".*\\.(jpg|png)"))
                    .sorted()
                    .limit(5)
                    .map(BoardDemo::photo)
                    .toList();
        }
    }

    private static BufferedImage photo(Path file) {
        try {
            BufferedImage read =
                    Optional.ofNullable(ImageIO.read(file.toFile())).orElseThrow();
            BufferedImage small = new BufferedImage(64, 64, BufferedImage.TYPE_INT_RGB);
            Graphics2D graphics = small.createGraphics();
            graphics.drawImage(read, 0, 0, 64, 64, null);
            graphics.dispose();
            return small;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
