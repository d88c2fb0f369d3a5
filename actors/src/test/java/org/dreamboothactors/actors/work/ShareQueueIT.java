package org.dreamboothactors.actors.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.dreamboothactors.actors.device.Cores;
import org.dreamboothactors.actors.device.Device;
import org.dreamboothactors.actors.device.DeviceCommand;
import org.dreamboothactors.actors.device.DeviceLost;
import org.dreamboothactors.actors.device.DeviceName;
import org.dreamboothactors.protocol.Topics;
import org.dreamboothactors.protocol.v1.LatentRequest;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceAccessMode;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.ResourceLockTarget;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** They wait for locks to end, side by side. */
@Timeout(180)
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock(value = ShareQueueIT.BROKER, mode = ResourceAccessMode.READ, target = ResourceLockTarget.CHILDREN)
class ShareQueueIT {
    static final String BROKER = "broker of ShareQueueIT";

    private static final Logger LOG = LoggerFactory.getLogger(ShareQueueIT.class);
    private static final Duration LOCK = Duration.ofSeconds(6);
    private static final Duration LONG_ENOUGH = LOCK.plusSeconds(3);
    /** What a record takes that is held by the wrong one: more than any stall of a busy machine. */
    private static final Duration LONG_LOCK = Duration.ofSeconds(30);

    private static final Duration SOONER = LONG_LOCK.minusSeconds(3);

    private static final RunningQueue.Work NOTHING = (_, _) -> new Outcome.Done();

    @TempDir
    static Path directory = Path.of("");

    private static QueueBench bench;

    @BeforeAll
    static void start() {
        bench = new QueueBench(directory.resolve("kafka"));
    }

    @AfterAll
    static void stop() {
        bench.close();
    }

    /** Whether it is its own record that is lost with the device, or one that it helped with. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aSickNodeDoesNotUseUpTheDeliveriesOfARecord(boolean isHelp) throws Exception {
        String topic = "sick-" + (isHelp ? "help" : "own");
        QueueSettings<LatentRequest> queue = bench.queue(topic, LOCK);
        Fitness withoutDisk = new Fitness(Files.createFile(directory.resolve("no-folder-" + topic)));
        List<String> heard = new CopyOnWriteArrayList<>();
        Device lost = device();
        lost.close();
        try (RunningQueue sick = RunningQueue.start(
                queue,
                lost,
                losing(isHelp ? new Outcome.Done() : new Outcome.Again("lost")),
                withoutDisk,
                heard::add)) {
            for (int i = 0; i < 3; i++) {
                if (isHelp || i == 0) {
                    bench.send(topic, "a");
                }
                assertThat(sick.begun()).isEqualTo("a");
            }
            if (isHelp) {
                bench.send(topic, "a");
            }

            assertThat(sick.begun(Duration.ofSeconds(12))).isEmpty(); // the pause before a fourth is four seconds
            assertThat(heard).last().asString().contains("nothing can be written to");
            try (RunningQueue well = RunningQueue.start(queue, device(), NOTHING)) {
                assertThat(well.begun()).isEqualTo("a");
            }
        }
    }

    @Test
    void worksOnARecordOnce() throws Exception {
        QueueSettings<LatentRequest> queue = bench.queue("once", LOCK);
        try (RunningQueue worker = RunningQueue.start(queue, device(), NOTHING)) {
            bench.send("once", "a");

            assertThat(worker.begun()).isEqualTo("a");
            assertThat(worker.begun(LONG_ENOUGH)).isEmpty();
        }
    }

    @Test
    void keepsARecordLongerThanItsLock() throws Exception {
        QueueSettings<LatentRequest> queue = bench.queue("renewed", LOCK);
        RunningQueue.Work slow = (_, _) -> {
            Thread.sleep(LOCK.multipliedBy(2));
            return new Outcome.Done();
        };
        try (RunningQueue one = RunningQueue.start(queue, device(), slow)) {
            bench.send("renewed", "a");
            assertThat(one.begun()).isEqualTo("a");
            try (RunningQueue other = RunningQueue.start(queue, device(), NOTHING)) {
                assertThat(one.ended()).isEqualTo("a");
                assertThat(other.begun(LONG_ENOUGH)).isEmpty();
                assertThat(one.begun(Duration.ofMillis(1))).isEmpty();
            }
        }
    }

    @Test
    void takesOneRecordAtATimeAlsoWhileItRenews() throws Exception {
        QueueSettings<LatentRequest> queue = bench.queue("one-at-a-time", LONG_LOCK);
        CountDownLatch done = new CountDownLatch(1);
        RunningQueue.Work first = (request, _) -> {
            if (request.getRunId().equals("a")) {
                await(done);
            }
            return new Outcome.Done();
        };
        try (RunningQueue one = RunningQueue.start(queue, device(), first)) {
            bench.send("one-at-a-time", "a");
            assertThat(one.begun()).isEqualTo("a");
            try (RunningQueue other = RunningQueue.start(queue, device(), NOTHING)) {
                bench.send("one-at-a-time", "warm-up");
                assertThat(other.begun()).isEqualTo("warm-up");
                Instant end = Instant.now().plus(LONG_LOCK.minus(LOCK)); // two renewals
                for (int i = 0; Instant.now().isBefore(end); i++) {
                    bench.send("one-at-a-time", "b" + i);
                    assertThat(other.begun(SOONER)).contains("b" + i);
                }
                done.countDown();
                assertThat(one.ended()).isEqualTo("a");
            }
        }
    }

    @Test
    void takesOverFromAWorkerThatVanished() throws Exception {
        QueueSettings<LatentRequest> queue = bench.queue("vanished", LOCK);
        bench.send("vanished", "a");
        try (KafkaShareConsumer<String, byte[]> _ = bench.takeAndVanish(queue);
                RunningQueue worker = RunningQueue.start(queue, device(), NOTHING)) {

            assertThat(worker.begun()).isEqualTo("a");
        }
    }

    @Test
    void tellsAWorkerThatSleptThatItsRecordIsGone() throws Exception {
        QueueSettings<LatentRequest> queue = bench.queue("slept", LOCK);
        CountDownLatch sleeperHasIt = new CountDownLatch(1);
        CountDownLatch otherHasIt = new CountDownLatch(1);
        CountDownLatch told = new CountDownLatch(1);
        Consumer<String> sleep = _ -> {
            sleeperHasIt.countDown();
            await(otherHasIt);
        };
        RunningQueue.Work untilTold = (_, shift) -> {
            waitUntil(shift);
            told.countDown();
            return new Outcome.Again("lost");
        };
        try (RunningQueue sleeper = RunningQueue.start(queue, device(), untilTold, sleep)) {
            bench.send("slept", "a");
            await(sleeperHasIt); // otherwise the other might have it first, and nobody would sleep over it
            try (RunningQueue other = RunningQueue.start(queue, device(), (_, _) -> {
                otherHasIt.countDown();
                assertThat(told.await(30, TimeUnit.SECONDS)).isTrue();
                return new Outcome.Done();
            })) {
                assertThat(other.begun()).isEqualTo("a");
                assertThat(sleeper.ended()).isEqualTo("a");
                assertThat(other.ended()).isEqualTo("a");
                assertThat(other.begun(LONG_ENOUGH)).isEmpty();
            }
        }
    }

    @Test
    void givesARecordBackWhenAWorkerFails() throws Exception {
        QueueSettings<LatentRequest> queue = bench.queue("failing", LOCK);
        bench.send("failing", "a");
        RunningQueue failing = RunningQueue.start(queue, device(), (_, _) -> {
            throw new IllegalStateException("a surprise");
        });

        assertThat(failing.end().orElseThrow()).hasMessageContaining("a surprise");
        try (RunningQueue next = RunningQueue.start(queue, device(), NOTHING)) {
            assertThat(next.begun()).isEqualTo("a");
        }
    }

    @Test
    void givesUpWithAReasonWhenDeliveriesAreUsedUp() throws Exception {
        QueueSettings<LatentRequest> queue = bench.queue("hopeless", LOCK);
        bench.send("hopeless", "a");
        Optional<String> failed = Optional.empty();
        for (int tries = 0; failed.isEmpty(); tries++) {
            assertThat(tries).isLessThan(Topics.DELIVERIES);
            RunningQueue worker = RunningQueue.start(queue, device(), (_, _) -> {
                throw new IllegalStateException("no luck");
            });
            assertThat(worker.end()).isPresent();
            failed = worker.failed(Duration.ofMillis(1));
        }

        assertThat(failed.orElseThrow()).startsWith("a: it was tried 9 times").contains("no luck");
        assertThat(bench.read(Topics.deadLetters("hopeless"), 1)).hasSize(1);
    }

    @Test
    void saysSoWhenAllTriesEndedWithoutAWord() throws Exception {
        QueueSettings<LatentRequest> queue = bench.queue("deadly", LOCK);
        bench.send("deadly", "a");
        bench.takeAndGiveBack(queue, Topics.DELIVERIES - 1);
        try (RunningQueue worker = RunningQueue.start(queue, device(), NOTHING)) {
            assertThat(worker.failed(LONG_ENOUGH.multipliedBy(2)).orElseThrow())
                    .isEqualTo("a: it was tried 9 times, and nobody came to an end with it");
            assertThat(worker.begunSoFar()).isEmpty();
        }
    }

    /** Whoever waited for its device with it may vanish, and it would be a dead letter that nobody told of. */
    @Test
    void givesUpAtTheLastDeliveryWhateverItsDeviceDoes() throws Exception {
        QueueSettings<LatentRequest> queue = bench.queue("last", LOCK);
        bench.send("last", "a");
        bench.takeAndGiveBack(queue, Topics.DELIVERIES - 1);
        Device busy = device();
        try (Device.Turn _ = busy.takeTurn(Duration.ZERO).orElseThrow();
                RunningQueue worker = RunningQueue.start(queue, busy, NOTHING)) {
            assertThat(worker.failed(LONG_ENOUGH.multipliedBy(4)).orElseThrow())
                    .isEqualTo("a: it was tried 9 times, and nobody came to an end with it");
        }
    }

    @Test
    void aRecordThatVanishesWithItsLastWorkerIsADeadLetter() throws Exception {
        QueueSettings<LatentRequest> queue = bench.queue("buried", LOCK);
        bench.send("buried", "a");
        bench.takeAndGiveBack(queue, Topics.DELIVERIES);

        List<ConsumerRecord<String, byte[]>> letters = bench.read(Topics.deadLetters("buried"), 1);
        assertThat(LatentRequest.parseFrom(letters.getFirst().value()).getRunId())
                .isEqualTo("a");
    }

    @Test
    void putsWhatItCannotReadAmongTheDeadLetters() throws Exception {
        QueueSettings<LatentRequest> queue = bench.queue("poison", LOCK);
        byte[] poison = "this is no protobuf".getBytes(StandardCharsets.UTF_8);
        bench.send("poison", "p", poison);
        bench.send("poison", "a");
        try (RunningQueue worker = RunningQueue.start(queue, device(), NOTHING)) {

            assertThat(worker.begun()).isEqualTo("a");
            List<ConsumerRecord<String, byte[]>> letters = bench.read(Topics.deadLetters("poison"), 1);
            assertThat(letters).hasSize(1);
            assertThat(letters.getFirst().key()).isEqualTo("p");
            assertThat(letters.getFirst().value()).isEqualTo(poison);
        }
    }

    @Test
    @ResourceLock(BROKER)
    void losesNothingWhenTheBrokerIsRestartedInMidWork() throws Exception {
        QueueSettings<LatentRequest> queue = bench.queue("restarted", LOCK);
        AtomicBoolean first = new AtomicBoolean(true);
        CountDownLatch up = new CountDownLatch(1);
        RunningQueue.Work work = (_, shift) -> {
            if (first.getAndSet(false)) {
                assertThat(up.await(60, TimeUnit.SECONDS)).isTrue();
                Thread.sleep(LOCK.multipliedBy(2));
            }
            return shift.over() ? new Outcome.Again("lost") : new Outcome.Done();
        };
        try (RunningQueue worker = RunningQueue.start(queue, device(), work)) {
            bench.send("restarted", "a");
            assertThat(worker.begun()).isEqualTo("a");
            bench.restart();
            up.countDown();
            bench.send("restarted", "b");

            List<String> ended = new ArrayList<>();
            while (!ended.contains("b")) {
                ended.add(worker.ended());
            }
            assertThat(ended).contains("a");
            assertThat(worker.begun(Duration.ofMillis(1))).isPresent(); // of b; nothing else waits
        }
    }

    @Test
    void leavesARecordToOthersWhileItsDeviceIsBusy() throws Exception {
        QueueSettings<LatentRequest> training = bench.queue("busy-train", LOCK);
        QueueSettings<LatentRequest> drawing = bench.queue("busy-draw", LONG_LOCK);
        Device busy = device();
        CountDownLatch done = new CountDownLatch(1);
        try (RunningQueue trainer = RunningQueue.start(training, busy, (_, _) -> {
                    assertThat(done.await(60, TimeUnit.SECONDS)).isTrue();
                    return new Outcome.Done();
                });
                RunningQueue here = RunningQueue.start(drawing, busy, NOTHING);
                RunningQueue there = RunningQueue.start(drawing, device(), NOTHING)) {
            bench.send("busy-draw", "warm-up");
            assertThat(firstOf(here, there)).isEqualTo("warm-up");
            bench.send("busy-train", "long");
            assertThat(trainer.begun()).isEqualTo("long");

            for (int i = 0; i < 5; i++) {
                bench.send("busy-draw", "p" + i);
                assertThat(there.begun(SOONER)).contains("p" + i);
            }
            done.countDown();
            assertThat(here.begun(LONG_ENOUGH)).isEmpty();
        }
    }

    @Test
    void takesTheNextRecordInTheSameTurnAfterOneThatLetOthersPass() throws Exception {
        QueueSettings<LatentRequest> passing = bench.queue("passing", LOCK);
        QueueSettings<LatentRequest> waiting = bench.queue("waiting", LOCK);
        for (String run : List.of("p0", "p1", "p2", "a")) {
            bench.send("passing", run);
        }
        Device shared = device();
        List<String> worked = Collections.synchronizedList(new ArrayList<>());
        try (RunningQueue _ = RunningQueue.start(passing, shared, (request, _) -> {
                    worked.add(request.getRunId());
                    if (request.getRunId().equals("p0")) {
                        send("waiting", "b"); // from here on the other queue would work, had it the device
                    }
                    return request.getRunId().equals("a") ? new Outcome.Done() : new Outcome.PutBack();
                });
                RunningQueue other = RunningQueue.start(waiting, shared, (request, _) -> {
                    worked.add(request.getRunId());
                    return new Outcome.Done();
                })) {
            assertThat(other.ended()).isEqualTo("b");

            assertThat(worked).containsExactly("p0", "p1", "p2", "a", "b");
            assertThat(other.begun()).isEqualTo("b");
            assertThat(other.begun(LONG_ENOUGH)).isEmpty();
            assertThat(worked).hasSize(5); // what let others pass was taken off the queue
        }
    }

    @Test
    @ResourceLock(BROKER)
    void beginsWithinASecondWhileThreeQueuesShareADevice() throws Exception {
        Device device = device();
        QueueSettings<LatentRequest> third = bench.queue("latency-3", LOCK);
        try (RunningQueue _ = RunningQueue.start(bench.queue("latency-1", LOCK), device, NOTHING);
                RunningQueue _ = RunningQueue.start(bench.queue("latency-2", LOCK), device, NOTHING);
                RunningQueue worker = RunningQueue.start(third, device, NOTHING)) {
            bench.send("latency-3", "warm-up");
            assertThat(worker.begun()).isEqualTo("warm-up");

            List<Long> millis = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                bench.send("latency-3", "r" + i);
                Instant sent = Instant.now();
                assertThat(worker.begun()).isEqualTo("r" + i);
                millis.add(Duration.between(sent, Instant.now()).toMillis());
            }
            LOG.info("milliseconds from record to start: {}", millis);
            assertThat(millis.stream().sorted().toList().get(8)).isLessThan(1000);
        }
    }

    @Test
    void stopsSoonAndGivesBackWhatIsInWork() throws Exception {
        QueueSettings<LatentRequest> queue = bench.queue("stopped", LOCK);
        RunningQueue stopping = RunningQueue.start(queue, device(), (_, shift) -> {
            waitUntil(shift);
            return new Outcome.Again("closing");
        });
        bench.send("stopped", "a");
        assertThat(stopping.begun()).isEqualTo("a");
        stopping.stop();

        assertThat(stopping.end()).isEmpty();
        try (RunningQueue next = RunningQueue.start(queue, device(), NOTHING)) {
            assertThat(next.begun()).isEqualTo("a");
        }
    }

    private static RunningQueue.Work losing(Outcome outcome) {
        return new RunningQueue.Work() {
            @Override
            public Outcome of(LatentRequest request, Shift shift) {
                return outcome;
            }

            @Override
            public Outcome on(Device.Turn device, LatentRequest request, Shift shift) {
                assertThatThrownBy(() -> device.ask(new DeviceCommand.FindDevice()))
                        .isInstanceOf(DeviceLost.class);
                return outcome;
            }
        };
    }

    private static String firstOf(RunningQueue one, RunningQueue other) throws InterruptedException {
        for (int i = 0; i < 200; i++) {
            Optional<String> begun = one.begun(Duration.ofMillis(100)).or(() -> other.begunSoFar());
            if (begun.isPresent()) {
                return begun.get();
            }
        }
        throw new IllegalStateException("neither queue got a record");
    }

    private static void send(String topic, String run) {
        try {
            bench.send(topic, run);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static Device device() {
        return new Device(
                DeviceName.parse("cpu:0"),
                1,
                Cores.ANY,
                directory.resolve("device.log")); // no worker here asks it anything
    }

    private static void waitUntil(Shift shift) throws InterruptedException {
        Instant deadline = Instant.now().plusSeconds(30);
        while (!shift.over()) {
            assertThat(Instant.now()).isBefore(deadline);
            Thread.sleep(20);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(90, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
