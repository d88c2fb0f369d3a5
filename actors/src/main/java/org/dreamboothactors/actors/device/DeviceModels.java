package org.dreamboothactors.actors.device;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.dreamboothactors.actors.device.DeviceAnswer.Broken;
import org.dreamboothactors.actors.device.DeviceAnswer.Done;
import org.dreamboothactors.actors.device.DeviceAnswer.Judged;
import org.dreamboothactors.actors.device.DeviceAnswer.Progress;
import org.dreamboothactors.actors.device.DeviceAnswer.Refused;
import org.dreamboothactors.actors.device.DeviceAnswer.Saved;
import org.dreamboothactors.actors.device.DeviceAnswer.Stepped;
import org.dreamboothactors.actors.device.DeviceAnswer.TrainerOpened;
import org.dreamboothactors.allreduce.Member;
import org.dreamboothactors.allreduce.mapped.MappedAllReduce;
import org.dreamboothactors.allreduce.tcp.TcpDoor;
import org.dreamboothactors.diffusion.BaseWeights;
import org.dreamboothactors.diffusion.CheckpointCheck;
import org.dreamboothactors.diffusion.ComputePrecision;
import org.dreamboothactors.diffusion.DreamBoothTrainer;
import org.dreamboothactors.diffusion.Exchange;
import org.dreamboothactors.diffusion.NonFiniteLoss;
import org.dreamboothactors.diffusion.ProgressListener;
import org.dreamboothactors.diffusion.StableDiffusion;
import org.dreamboothactors.diffusion.StepResult;
import org.dreamboothactors.diffusion.images.Crop;
import org.dreamboothactors.diffusion.images.Png;
import org.dreamboothactors.diffusion.judging.Opinion;
import org.dreamboothactors.diffusion.judging.PictureScores;
import org.dreamboothactors.diffusion.kernels.Kernels;
import org.dreamboothactors.diffusion.lora.AddedLora;
import org.dreamboothactors.diffusion.training.Ranks;

/**
 * The models a child JVM has in memory, kept warm between commands: one that draws or one that learns, and the weights
 * of one base model that it and its successors share. One thread.
 */
final class DeviceModels {
    /** Ranks do the same work: none is much later than another unless something is wrong. */
    private static final Duration PATIENCE_WITH_RANKS = Duration.ofSeconds(60);

    private static final double NANOS = 1e9; // of a second

    private final int threads;
    private final Consumer<DeviceAnswer> progress;
    private Open open = new Nothing();
    /** Not while a run changes all weights of a model: memory need not hold it twice. */
    private Optional<BaseWeights> base = Optional.empty();

    private Optional<TcpDoor> door = Optional.empty();

    private sealed interface Open {}

    private record Nothing() implements Open {}

    private record Drawer(Path model, Optional<AddedLora> lora, StableDiffusion models) implements Open {}

    /**
     * A trainer.
     *
     * @param alone not one rank of several
     * @param saved the state it last wrote
     */
    private record Learner(String run, DreamBoothTrainer trainer, boolean alone, Optional<SavedAt> saved)
            implements Open {
        Learner at(String weightsSha256) {
            return new Learner(run, trainer, alone, Optional.of(new SavedAt(trainer.step(), weightsSha256)));
        }

        boolean isAt(DeviceCommand.ResumeTrainer wanted) {
            return alone
                    && run.equals(wanted.run())
                    && trainer.step() == wanted.step()
                    && saved.equals(Optional.of(new SavedAt(wanted.step(), wanted.weightsSha256())));
        }
    }

    private record SavedAt(long step, String weightsSha256) {}

    DeviceModels(int threads, Consumer<DeviceAnswer> progress) {
        this.threads = threads;
        this.progress = progress;
    }

    DeviceAnswer run(DeviceCommand command) {
        try {
            return answer(command);
        } catch (NonFiniteLoss
                | IllegalArgumentException
                | IllegalStateException
                | UnsupportedOperationException e) { // how our own classes refuse
            return new Refused(explained(e));
        } catch (RuntimeException e) { // a full disk, no memory, a device that went away
            return new Broken(explained(e));
        }
    }

    /** The stack trace goes to the log of the child, the sentence to whoever asked. */
    private static String explained(RuntimeException error) {
        error.printStackTrace();
        return error.getMessage() == null ? error.toString() : error.getMessage();
    }

    private DeviceAnswer answer(DeviceCommand command) {
        return switch (command) {
            case DeviceCommand.Encode encode -> encode(encode);
            case DeviceCommand.Draw draw -> {
                drawer(draw.model(), draw.lora()).draw(draw.drawing(), draw.out(), tell());
                yield new Done();
            }
            case DeviceCommand.OpenTrainer wanted -> openTrainer(wanted);
            case DeviceCommand.ResumeTrainer wanted -> {
                if (open instanceof Learner learner && learner.isAt(wanted)) {
                    yield opened(learner.trainer());
                }
                close();
                yield new Done();
            }
            case DeviceCommand.OpenDoor asked -> {
                close();
                TcpDoor opened = TcpDoor.open(address(asked.host()));
                door = Optional.of(opened);
                yield new DeviceAnswer.DoorOpened(opened.address().getPort());
            }
            case DeviceCommand.TrainStep _ -> step(trainer());
            case DeviceCommand.DigestWeights _ -> new Saved(trainer().weightsDigest());
            case DeviceCommand.SaveState save -> {
                String weights = trainer().saveState(save.file());
                open = learner().at(weights);
                yield new Saved(weights);
            }
            case DeviceCommand.SaveCheckpoint save -> new Saved(trainer().saveCheckpoint(save.folder()));
            case DeviceCommand.DrawTrained draw -> {
                trainer().draw(draw.drawing(), draw.out(), tell());
                yield new Done();
            }
            case DeviceCommand.CloseTrainer _ -> {
                close();
                yield new Done();
            }
            case DeviceCommand.CloseModels _ -> {
                close();
                closeBase();
                yield new Done();
            }
            case DeviceCommand.CheckCheckpoint check -> {
                CheckpointCheck.load(check.folder(), threads);
                yield new Done();
            }
            case DeviceCommand.JudgePictures judging -> new Judged(scores(judging));
        };
    }

    /** What a judge cannot do is refused, whatever the reason: it touches nothing that is trained. */
    private PictureScores scores(DeviceCommand.JudgePictures judging) {
        try (Kernels kernels = Kernels.open(threads);
                Opinion opinion = Opinion.open(judging.judge(), kernels)) {
            List<PictureScores.Shown> subject = new ArrayList<>();
            for (DeviceCommand.Shown shown : judging.subject()) {
                subject.add(new PictureScores.Shown(
                        seen(opinion, shown.picture()),
                        opinion.read(List.of(shown.text())).getFirst()));
            }
            return PictureScores.of(
                    judging.photos().stream().map(photo -> seen(opinion, photo)).toList(),
                    subject,
                    judging.ofClass().stream()
                            .map(picture -> seen(opinion, picture))
                            .toList());
        } catch (RuntimeException e) {
            throw new IllegalStateException("Cannot judge with " + judging.judge() + ": " + e.getMessage(), e);
        }
    }

    /** One by one: photos may be large. */
    private static Opinion.Seen seen(Opinion opinion, Path picture) {
        return opinion.see(List.of(Png.read(picture))).getFirst();
    }

    private static Stepped step(DreamBoothTrainer trainer) {
        long begun = System.nanoTime();
        StepResult result = trainer.trainStep();
        double seconds = (System.nanoTime() - begun) / NANOS;
        Exchange exchange = trainer.lastExchange();
        return new Stepped(result, new StepCost(seconds, exchange.waited().toNanos() / NANOS, exchange.summedBytes()));
    }

    private DeviceAnswer encode(DeviceCommand.Encode encode) {
        StableDiffusion models = drawer(encode.model(), Optional.empty());
        int done = 0;
        for (DeviceCommand.Photo photo : encode.photos()) {
            Crop crop = photo.randomCrop()
                    .map(seed -> Crop.random(photo.resolution(), seed))
                    .orElseGet(() -> Crop.center(photo.resolution()));
            models.encode(photo.png(), photo.moments(), crop);
            progress.accept(new Progress(++done, encode.photos().size()));
        }
        return new Done();
    }

    private DeviceAnswer openTrainer(DeviceCommand.OpenTrainer wanted) {
        closeWorker();
        Ranks ranks = wanted.place().map(this::ranks).orElseGet(Ranks::alone);
        try {
            DreamBoothTrainer trainer = trainer(wanted, ranks);
            open = new Learner(wanted.run(), trainer, wanted.place().isEmpty(), Optional.empty());
            wanted.state().ifPresent(trainer::restore);
            return opened(trainer);
        } finally {
            closeDoor(); // all are in, or none will come
        }
    }

    private DreamBoothTrainer trainer(DeviceCommand.OpenTrainer wanted, Ranks ranks) {
        if (wanted.config().refinements().lora().isPresent()) {
            return over(
                    wanted.model(),
                    kept -> DreamBoothTrainer.open(kept, wanted.config(), wanted.data(), threads, ranks));
        }
        closeBase();
        return DreamBoothTrainer.open(wanted.model(), wanted.config(), wanted.data(), threads, ranks);
    }

    private static TrainerOpened opened(DreamBoothTrainer trainer) {
        return new TrainerOpened(trainer.step(), trainer.environment());
    }

    private Ranks ranks(RankPlace place) {
        return new Ranks(place.rank(), place.ranks(), layout -> {
            Member member = new Member(place.run(), place.gang(), place.rank(), place.ranks(), layout);
            return switch (place.way()) {
                case RankPlace.SharedFile(Path file) -> MappedAllReduce.join(file, member, PATIENCE_WITH_RANKS);
                case RankPlace.Ring(String nextHost, int nextPort) ->
                    opened().join(member, new InetSocketAddress(address(nextHost), nextPort), PATIENCE_WITH_RANKS);
            };
        });
    }

    private TcpDoor opened() {
        return door.orElseThrow(() -> replaced("no door is open"));
    }

    private static InetAddress address(String host) {
        try {
            return InetAddress.getByName(host);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("Cannot find the machine " + host, e);
        }
    }

    private StableDiffusion drawer(Path model, Optional<AddedLora> lora) {
        if (open instanceof Drawer drawer
                && drawer.model().equals(model)
                && drawer.lora().equals(lora)) {
            return drawer.models();
        }
        close();
        StableDiffusion models = drawing(model, lora);
        open = new Drawer(model, lora, models);
        return models;
    }

    private StableDiffusion drawing(Path model, Optional<AddedLora> lora) {
        if (lora.isPresent()) { // adds to weights of its own
            closeBase();
            return StableDiffusion.open(model, threads, ComputePrecision.AUTO, lora);
        }
        return over(model, kept -> StableDiffusion.open(kept, threads, ComputePrecision.AUTO));
    }

    /** Opens something over the weights of a base model, which stay for whatever comes next. */
    private <T> T over(Path model, Function<BaseWeights, T> opening) {
        if (!base.map(BaseWeights::folder).equals(Optional.of(model))) {
            closeBase();
        }
        BaseWeights kept = base.orElseGet(() -> BaseWeights.keep(model, threads));
        base = Optional.of(kept);
        try {
            return opening.apply(kept);
        } catch (RuntimeException e) { // half of a part may have been read
            closeBase();
            throw e;
        }
    }

    private DreamBoothTrainer trainer() {
        return learner().trainer();
    }

    private Learner learner() {
        return switch (open) {
            case Learner learner -> learner;
            case Nothing _, Drawer _ -> throw replaced("no trainer is open");
        };
    }

    /** A process that died between two commands was replaced by this one, and what it held is gone: {@link Broken}. */
    private static UncheckedIOException replaced(String what) {
        return new UncheckedIOException(new IOException(what + ": this process took the place of another"));
    }

    private ProgressListener tell() {
        return (done, total) -> progress.accept(new Progress(done, total));
    }

    private void close() {
        closeDoor();
        closeWorker();
    }

    private void closeBase() {
        base.ifPresent(BaseWeights::close);
        base = Optional.empty();
    }

    private void closeDoor() {
        door.ifPresent(TcpDoor::close);
        door = Optional.empty();
    }

    private void closeWorker() {
        Open before = open;
        open = new Nothing();
        switch (before) {
            case Nothing _ -> {}
            case Drawer drawer -> drawer.models().close();
            case Learner learner -> learner.trainer().close();
        }
    }
}
