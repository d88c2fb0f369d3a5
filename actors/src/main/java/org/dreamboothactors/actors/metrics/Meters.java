package org.dreamboothactors.actors.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.dreamboothactors.actors.device.Device;
import org.dreamboothactors.actors.device.RankStep;
import org.dreamboothactors.actors.turns.Census;
import org.dreamboothactors.protocol.Topics;

/**
 * What a node measures. No label names a run or a tenant: their number has no limit. Safe from any thread.
 *
 * <p>Runs, queues and dead letters are those of the whole service, and the same at every node.
 */
public final class Meters implements AutoCloseable {
    /** What a scraper is told the text is. */
    public static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private static final List<String> STATES =
            List.of("preparing", "waiting", "training", "ready", "rejected", "failed", "cancelled");
    private static final double NANOS = 1e9; // of a second

    private final PrometheusMeterRegistry prometheus = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final Map<String, AtomicLong> dead = new ConcurrentHashMap<>();
    private final Counter steps;
    private final Counter pictures;

    public Meters(Supplier<Census> census) {
        MeterRegistry registry = prometheus;
        steps = Counter.builder("dreambooth.train.steps")
                .description("Optimizer steps that trainers of this node did")
                .register(registry);
        pictures = Counter.builder("dreambooth.train.pictures")
                .description("Pictures in these steps, photos and class images, over all ranks")
                .register(registry);
        for (String state : STATES) {
            Gauge.builder("dreambooth.runs", () -> census.get().runs().getOrDefault(state, 0L))
                    .description("Runs of the whole service by state")
                    .tags("state", state)
                    .register(registry);
        }
        for (String queue : Topics.WORK) {
            Gauge.builder(
                            "dreambooth.queue.oldest.age",
                            () -> seconds(census.get().oldest().getOrDefault(queue, Duration.ZERO)))
                    .description("How long the oldest work of a queue waits to be answered, or a run for a trainer")
                    .baseUnit("seconds")
                    .tags("queue", queue)
                    .register(registry);
        }
    }

    /**
     * Shows from now on how many records there are in the dead-letter topics, by the topic they were meant for; ends of
     * transactions count too.
     */
    public void deadLetters(Map<String, Long> byTopic) {
        byTopic.keySet().forEach(topic -> dead.computeIfAbsent(topic, this::deadLetters));
        dead.forEach((topic, records) -> records.set(byTopic.getOrDefault(topic, 0L)));
    }

    private AtomicLong deadLetters(String topic) {
        AtomicLong records = new AtomicLong();
        Gauge.builder("dreambooth.dead.letters", records::get)
                .description(
                        "Records that nobody could work on, in the dead-letter topic of a topic, ends of transactions included")
                .tags("topic", topic)
                .register(prometheus);
        return records;
    }

    /** Shows the memory of a device's process from now on. */
    public void watch(Device device) {
        Gauge.builder("dreambooth.device.peak.memory", device::peakMemoryBytes)
                .description("Most memory that the device's process ever held; 0: no process")
                .baseUnit("bytes")
                .tags("device", device.name())
                .register(prometheus);
    }

    /**
     * Takes a step.
     *
     * @param ranks by rank
     * @param picturesOfStep in all ranks' batches
     */
    public void stepped(List<RankStep> ranks, int picturesOfStep) {
        steps.increment();
        pictures.increment(picturesOfStep);
        for (int rank = 0; rank < ranks.size(); rank++) {
            RankStep step = ranks.get(rank);
            // Of another node without its address: a pod has another one at each start.
            String device = step.device().split("@", 2)[0];
            Tags tags = Tags.of("device", device, "rank", Integer.toString(rank));
            timer("dreambooth.train.step.duration", "Time of an optimizer step, waiting included", tags)
                    .record(duration(step.cost().seconds()));
            timer("dreambooth.allreduce.wait", "Of a step, waiting for sums after the rank's own gradients", tags)
                    .record(duration(step.cost().allReduceWaitSeconds()));
            Counter.builder("dreambooth.allreduce.summed")
                    .description("Gradients summed over the ranks")
                    .baseUnit("bytes")
                    .tags(tags)
                    .register(prometheus)
                    .increment((double) step.cost().summedBytes());
        }
    }

    /** All figures in Prometheus' text format. */
    public String text() {
        return prometheus.scrape();
    }

    private Timer timer(String name, String description, Tags tags) {
        return Timer.builder(name).description(description).tags(tags).register(prometheus);
    }

    private static Duration duration(double seconds) {
        return Duration.ofNanos(Math.round(seconds * NANOS));
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / 1000.0;
    }

    @Override
    public void close() {
        prometheus.close();
    }
}
