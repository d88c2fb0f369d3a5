package org.dreamboothactors.actors.device;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
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
import org.dreamboothactors.diffusion.CheckpointCheck;
import org.dreamboothactors.diffusion.ComputePrecision;
import org.dreamboothactors.diffusion.DreamBoothTrainer;
import org.dreamboothactors.diffusion.Exchange;
import org.dreamboothactors.diffusion.NonFiniteLoss;
import org.dreamboothactors.diffusion.ProgressListener;
import org.dreamboothactors.diffusion.StableDiffusion;
import org.dreamboothactors.diffusion.StepResult;
import org.dreamboothactors.diffusion.images.Crop;
import org.dreamboothactors.diffusion.lora.AddedLora;
import org.dreamboothactors.diffusion.training.Ranks;

/**
 * The models a child JVM has in memory, kept warm between commands: one that draws or one that learns, and the weights
 * of one base model that it and its successors share. One thread.
 */
final class DeviceModels {
    /** For a micro-batch, and for each picture of it that may have to be encoded: ranks do about the same work otherwise. */
    private static final Duration PATIENCE_WITH_RANKS = Duration.ofSeconds(60);

    private static final double NANOS = 1e9; // of a second

    private final DeviceName device;
    private final int threads;
    private final Consumer<DeviceAnswer> progress;
    /** Whether this process was seen to compute on the device. */
    private boolean found;

    private Open open = new Nothing();
    /** Holds nothing while a run changes all weights of a model, or a model with added adapters draws. */
    private final KeptBase base;

    private Optional<TcpDoor> door = Optional.empty();

    private sealed interface Open {}

    private record Nothing() implements Open {}

    private record Drawer(Path model, Optional<AddedLora> lora, ComputePrecision precision, StableDiffusion models)
            implements Open {}

    /**
     * A trainer.
     *
     * @param stays whether it may go on in a later delivery: not as one rank of several, nor without the photos it reads
     * @param saved the state it last wrote
     */
    private record Learner(String run, DreamBoothTrainer trainer, boolean stays, Optional<SavedAt> saved)
            implements Open {
        Learner at(String weightsSha256) {
            return new Learner(run, trainer, stays, Optional.of(new SavedAt(trainer.step(), weightsSha256)));
        }

        boolean isAt(DeviceCommand.ResumeTrainer wanted) {
            return stays
                    && run.equals(wanted.run())
                    && trainer.step() == wanted.step()
                    && saved.equals(Optional.of(new SavedAt(wanted.step(), wanted.weightsSha256())));
        }
    }

    private record SavedAt(long step, String weightsSha256) {}

    DeviceModels(DeviceName device, int threads, Consumer<DeviceAnswer> progress) {
        this.device = device;
        this.threads = threads;
        this.progress = progress;
        base = new KeptBase(threads);
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
        if (!(command instanceof DeviceCommand.FindDevice)) {
            requireDevice();
        }
        return switch (command) {
            case DeviceCommand.FindDevice _ -> found();
            case DeviceCommand.Encode encode -> encode(encode);
            case DeviceCommand.Draw draw -> {
                drawer(draw.model(), draw.lora(), draw.precision()).draw(draw.drawing(), draw.out(), tell());
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
            case DeviceCommand.TrainStep _ -> step(trainer(), tell()); // a step may have thousands of micro-batches
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
            case DeviceCommand.CheckCheckpoint check -> {
                CheckpointCheck.load(check.folder(), threads);
                yield new Done();
            }
            case DeviceCommand.JudgePictures judging -> new Judged(PictureJudge.scores(judging, threads));
        };
    }

    private DeviceAnswer.Found found() {
        String hardware = FoundDevice.of(device, threads);
        found = true;
        return new DeviceAnswer.Found(hardware);
    }

    /** A device may have gone away since the node was started, and libtorch would compute on the processor. */
    private void requireDevice() {
        if (device.isCuda() && !found) {
            try {
                var _ = found();
            } catch (IllegalArgumentException e) {
                throw new UncheckedIOException(new IOException(e.getMessage(), e));
            }
        }
    }

    private static Stepped step(DreamBoothTrainer trainer, ProgressListener progress) {
        long begun = System.nanoTime();
        StepResult result = trainer.trainStep(progress);
        double seconds = (System.nanoTime() - begun) / NANOS;
        Exchange exchange = trainer.lastExchange();
        return new Stepped(result, new StepCost(seconds, exchange.waited().toNanos() / NANOS, exchange.summedBytes()));
    }

    private DeviceAnswer encode(DeviceCommand.Encode encode) {
        StableDiffusion models = drawer(encode.model(), Optional.empty(), ComputePrecision.AUTO);
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
        int encoded = wanted.data().encodesOnline() ? 2 * wanted.config().microBatch() : 0;
        int passes = wanted.config().refinements().accumulation() * (1 + encoded);
        Ranks ranks = wanted.place()
                .map(place -> ranks(place, PATIENCE_WITH_RANKS.multipliedBy(passes)))
                .orElseGet(Ranks::alone);
        try {
            DreamBoothTrainer trainer = trainer(wanted, ranks);
            boolean stays = wanted.place().isEmpty() && !wanted.data().encodesOnline();
            open = new Learner(wanted.run(), trainer, stays, Optional.empty());
            wanted.state().ifPresent(trainer::restore);
            return opened(trainer);
        } finally {
            closeDoor(); // all are in, or none will come
        }
    }

    private DreamBoothTrainer trainer(DeviceCommand.OpenTrainer wanted, Ranks ranks) {
        if (wanted.config().refinements().lora().isPresent()) {
            return DreamBoothTrainer.open(base.of(wanted.model()), wanted.config(), wanted.data(), threads, ranks);
        }
        base.free(); // all weights learn: memory need not hold them twice
        return DreamBoothTrainer.open(wanted.model(), wanted.config(), wanted.data(), threads, ranks);
    }

    private static TrainerOpened opened(DreamBoothTrainer trainer) {
        return new TrainerOpened(trainer.step(), trainer.environment(), trainer.warning());
    }

    private Ranks ranks(RankPlace place, Duration patience) {
        return new Ranks(place.rank(), place.ranks(), layout -> {
            Member member = new Member(place.run(), place.gang(), place.rank(), place.ranks(), layout);
            return switch (place.way()) {
                case RankPlace.SharedFile(Path file) -> MappedAllReduce.join(file, member, patience);
                case RankPlace.Ring(String nextHost, int nextPort) ->
                    opened().join(member, new InetSocketAddress(address(nextHost), nextPort), patience);
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

    private StableDiffusion drawer(Path model, Optional<AddedLora> lora, ComputePrecision precision) {
        if (open instanceof Drawer drawer
                && drawer.model().equals(model)
                && drawer.lora().equals(lora)
                && drawer.precision() == precision) {
            return drawer.models();
        }
        close();
        StableDiffusion models = drawing(model, lora, precision);
        open = new Drawer(model, lora, precision, models);
        return models;
    }

    private StableDiffusion drawing(Path model, Optional<AddedLora> lora, ComputePrecision precision) {
        if (lora.isPresent()) { // adds to weights of its own
            base.free();
            return StableDiffusion.open(model, threads, precision, lora);
        }
        return StableDiffusion.open(base.of(model), threads, precision);
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
