package org.dreamboothactors.actors.work;

import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.dreamboothactors.actors.device.Device;
import org.dreamboothactors.protocol.v1.LatentRequest;

/** A share queue on a thread of its own, and what its worker is given. */
final class RunningQueue implements AutoCloseable {
    private static final Duration LONGEST = Duration.ofSeconds(40);

    private final BlockingQueue<String> begun = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> given = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> failed = new LinkedBlockingQueue<>();
    private final CompletableFuture<Optional<Throwable>> end = new CompletableFuture<>();
    private final ShareQueue<LatentRequest> queue;

    interface Work {
        Outcome of(LatentRequest request, Shift shift) throws InterruptedException;

        /** The same on a device, for work that asks it something. */
        default Outcome on(Device.Turn device, LatentRequest request, Shift shift) throws InterruptedException {
            return of(request, shift);
        }
    }

    private RunningQueue(
            QueueSettings<LatentRequest> settings,
            Device device,
            Work work,
            Fitness fitness,
            Consumer<String> listener) {
        queue = new ShareQueue<>(settings, device, worker(work), fitness, listener(listener), InstantSource.system());
        Thread.ofPlatform().daemon().start(() -> {
            try {
                queue.run();
                end.complete(Optional.empty());
            } catch (Throwable e) {
                end.complete(Optional.of(e));
            }
        });
    }

    static RunningQueue start(QueueSettings<LatentRequest> settings, Device device, Work work) {
        return start(settings, device, work, _ -> {});
    }

    /** @param listener hears on the queue's thread that work begins */
    static RunningQueue start(
            QueueSettings<LatentRequest> settings, Device device, Work work, Consumer<String> listener) {
        return new RunningQueue(settings, device, work, new Fitness(Path.of("target")), listener);
    }

    /** @param listener hears on the queue's thread that work begins, and why none does */
    static RunningQueue start(
            QueueSettings<LatentRequest> settings,
            Device device,
            Work work,
            Fitness fitness,
            Consumer<String> listener) {
        return new RunningQueue(settings, device, work, fitness, listener);
    }

    /** The run of the next record that the worker began with. */
    String begun() throws InterruptedException {
        return next(begun, LONGEST).orElseThrow();
    }

    Optional<String> begun(Duration atMost) throws InterruptedException {
        return next(begun, atMost);
    }

    Optional<String> begunSoFar() {
        return Optional.ofNullable(begun.poll());
    }

    /** The run of the next record that the worker came to an end with. */
    String ended() throws InterruptedException {
        return next(given, LONGEST).orElseThrow();
    }

    /** The run of the next record that was given up, and why. */
    Optional<String> failed(Duration atMost) throws InterruptedException {
        return next(failed, atMost);
    }

    /** What ended the queue. */
    Optional<Throwable> end() throws Exception {
        return end.get(LONGEST.toSeconds(), TimeUnit.SECONDS);
    }

    void stop() {
        queue.stop();
    }

    @Override
    public void close() {
        stop();
        var _ = end.orTimeout(LONGEST.toSeconds(), TimeUnit.SECONDS).join();
    }

    private static Optional<String> next(BlockingQueue<String> queue, Duration atMost) throws InterruptedException {
        return Optional.ofNullable(queue.poll(atMost.toMillis(), TimeUnit.MILLISECONDS));
    }

    private Worker<LatentRequest> worker(Work work) {
        return new Worker<>() {
            @Override
            public Outcome work(LatentRequest request, Device.Turn device, Shift shift) {
                begun.add(request.getRunId());
                try {
                    return work.on(device, request, shift);
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                } finally {
                    given.add(request.getRunId());
                }
            }

            @Override
            public Outcome fail(LatentRequest request, String reason) {
                failed.add(request.getRunId() + ": " + reason);
                return new Outcome.Done();
            }
        };
    }

    private static ShareQueue.Listener listener(Consumer<String> listener) {
        return new ShareQueue.Listener() {
            @Override
            public void working(String work) {
                listener.accept(work);
            }

            @Override
            public void idle() {}

            @Override
            public void unfit(String ailment) {
                listener.accept(ailment);
            }
        };
    }
}
