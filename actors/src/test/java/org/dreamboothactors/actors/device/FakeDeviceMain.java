package org.dreamboothactors.actors.device;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.dreamboothactors.actors.device.DeviceAnswer.Done;
import org.dreamboothactors.actors.device.DeviceAnswer.Judged;
import org.dreamboothactors.actors.device.DeviceAnswer.Progress;
import org.dreamboothactors.actors.device.DeviceAnswer.Refused;
import org.dreamboothactors.actors.device.DeviceAnswer.Saved;
import org.dreamboothactors.actors.device.DeviceAnswer.Stepped;
import org.dreamboothactors.actors.device.DeviceAnswer.TrainerOpened;
import org.dreamboothactors.actors.device.DeviceCommand.OpenTrainer;
import org.dreamboothactors.diffusion.Drawing;
import org.dreamboothactors.diffusion.StepResult;
import org.dreamboothactors.diffusion.TrainingData;
import org.dreamboothactors.diffusion.judging.PictureScores;
import org.dreamboothactors.storage.Sha256;

/**
 * A child JVM that answers the protocol without libtorch. Its weights are a chain of digests, so that a step that is
 * missing, repeated or trained from the wrong state shows in the end. What shall go wrong lies as files in the model's
 * folder: {@link FakeDevice}.
 */
public final class FakeDeviceMain {
    private final Consumer<DeviceAnswer> progress;
    private Optional<OpenTrainer> trainer = Optional.empty();
    private long step;
    private String weights = "";
    private Optional<DeviceCommand.ResumeTrainer> saved = Optional.empty();

    private FakeDeviceMain(Consumer<DeviceAnswer> progress) {
        this.progress = progress;
    }

    public static void main(String[] args) {
        DeviceMain.serve(progress -> new FakeDeviceMain(progress)::answer);
    }

    private DeviceAnswer answer(DeviceCommand command) {
        try {
            return switch (command) {
                case DeviceCommand.FindDevice _ -> new DeviceAnswer.Found("fake");
                case DeviceCommand.Encode encode -> {
                    close();
                    yield encode(encode);
                }
                case DeviceCommand.Draw draw -> {
                    close();
                    yield draw(draw.drawing(), draw.out());
                }
                case OpenTrainer open -> open(open);
                case DeviceCommand.ResumeTrainer wanted -> resume(wanted);
                case DeviceCommand.OpenDoor _ -> new DeviceAnswer.DoorOpened(1);
                case DeviceCommand.TrainStep _ -> train(trainer.orElseThrow());
                case DeviceCommand.DigestWeights _ -> new Saved(weights);
                case DeviceCommand.SaveState save -> save(save.file());
                case DeviceCommand.SaveCheckpoint save -> checkpoint(save.folder());
                case DeviceCommand.DrawTrained draw -> draw(draw.drawing(), draw.out());
                case DeviceCommand.CloseTrainer _ -> {
                    close();
                    yield new Done();
                }
                case DeviceCommand.CheckCheckpoint check -> check(check.folder());
                case DeviceCommand.JudgePictures judging -> judge(judging);
            };
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static DeviceAnswer encode(DeviceCommand.Encode encode) throws IOException {
        for (DeviceCommand.Photo photo : encode.photos()) {
            Files.writeString(photo.moments(), "moments of " + Sha256.of(photo.png()));
        }
        return new Done();
    }

    private DeviceAnswer draw(Drawing drawing, Path out) throws IOException {
        for (int i = 0; i < drawing.prompts().size(); i++) {
            String picture = drawing.prompts().get(i) + drawing.seeds().get(i) + weights;
            Files.writeString(out.resolve(i + ".png"), picture);
            progress.accept(new Progress(i + 1, drawing.prompts().size()));
        }
        return new Done();
    }

    private void close() {
        trainer = Optional.empty();
        saved = Optional.empty();
    }

    private DeviceAnswer resume(DeviceCommand.ResumeTrainer wanted) throws IOException {
        if (saved.equals(Optional.of(wanted)) && step == wanted.step()) {
            return new TrainerOpened(
                    step, FakeDevice.environment(trainer.orElseThrow().model()), Optional.empty());
        }
        close();
        return new Done();
    }

    private DeviceAnswer open(OpenTrainer open) throws IOException {
        close();
        trainer = Optional.of(open);
        step = 0;
        weights = FakeDevice.weights(open.config().seed(), 0);
        if (open.state().isPresent()) {
            List<String> state = Files.readAllLines(open.state().get());
            step = Long.parseLong(state.get(0));
            weights = state.get(1);
        }
        for (TrainingData.Picture picture : open.data().instances()) {
            if (!Files.isReadable(picture.file())) {
                return new Refused("no picture " + picture.file());
            }
        }
        return new TrainerOpened(
                step,
                FakeDevice.environment(open.model()),
                Optional.of(
                        "it is the fake of process " + ProcessHandle.current().pid()));
    }

    private DeviceAnswer train(OpenTrainer open) throws IOException {
        FakeDevice.Orders orders = new FakeDevice.Orders(open.model());
        long next = step + 1;
        if (orders.take("crash-at-" + next)) {
            Runtime.getRuntime().halt(9);
        }
        if (orders.take("hang-at-" + next)) {
            sleep(Long.MAX_VALUE);
        }
        if (orders.take("refuse-at-" + next)) {
            return new Refused("step " + next + " has no finite loss");
        }
        long begun = System.nanoTime();
        sleep(orders.stepMillis());
        step = next;
        weights = FakeDevice.next(weights, FakeDevice.environment(open.model()));
        return new Stepped(
                new StepResult(step, 1.0 / step, 1.0 / step, 0, 1),
                new StepCost((System.nanoTime() - begun) / 1e9, 0, 0));
    }

    private DeviceAnswer save(Path file) throws IOException {
        Files.write(file, List.of(Long.toString(step), weights));
        saved = Optional.of(
                new DeviceCommand.ResumeTrainer(trainer.orElseThrow().run(), step, weights));
        return new Saved(weights);
    }

    private DeviceAnswer checkpoint(Path folder) throws IOException {
        Files.createDirectories(folder.resolve("unet"));
        Files.writeString(folder.resolve("model_index.json"), "{}");
        Files.writeString(folder.resolve("unet").resolve("weights"), weights);
        return new Saved(weights);
    }

    /** A judge is a folder with a number for each step that it can judge. */
    private DeviceAnswer judge(DeviceCommand.JudgePictures judging) throws IOException {
        Path number = judging.judge().resolve("step-" + step);
        return Files.exists(number)
                ? new Judged(new PictureScores(
                        Double.parseDouble(Files.readString(number)),
                        judging.subject().size(),
                        Optional.of((double) judging.ofClass().size()),
                        Optional.empty()))
                : new Refused("the judge says nothing of step " + step);
    }

    private static DeviceAnswer check(Path folder) throws IOException {
        byte[] content = Files.readAllBytes(folder.resolve("unet").resolve("weights"));
        return new String(content, StandardCharsets.UTF_8).length() == 64
                        && Files.exists(folder.resolve("model_index.json"))
                ? new Done()
                : new Refused("the checkpoint does not load");
    }

    private static void sleep(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
