package org.dreamboothactors.actors;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.dreamboothactors.actors.turns.TenantLimits;
import org.dreamboothactors.protocol.Topics;
import org.dreamboothactors.protocol.v1.RankProgress;
import org.dreamboothactors.protocol.v1.RunEvent;
import org.dreamboothactors.protocol.v1.RunEvent.FactCase;
import org.dreamboothactors.protocol.v1.RunSpec;
import org.dreamboothactors.protocol.v1.StepProgress;
import org.dreamboothactors.protocol.v1.Training;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a service with two devices tells of a run that used both. */
@Timeout(240)
class FiguresIT {
    private static final int STEPS = 6;
    private static final int ACCUMULATION = 2;
    private static final Pattern LINE =
            Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*(?:\\{[^}]*})?) ([-+0-9.eE]+|NaN|[-+]Inf)");

    @TempDir
    Path directory = Path.of("");

    @Test
    void aScraperReadsWhatEachRankDidAndHowManyRunsThereAre() throws Exception {
        try (ServiceBench service = new ServiceBench(directory, List.of("cpu:0", "cpu:1"), TenantLimits.none())) {
            service.submit("ann", "pair", spec());
            service.await("pair", RunEvent::hasReady);
            RunSpec.Builder wrong = spec().toBuilder();
            wrong.getTrainingBuilder().setLearningRate(2);
            service.submit("ann", "hasty", wrong.build());
            service.await("hasty", RunEvent::hasRejected);

            Map<String, Double> figures = figures(service);
            Map<String, String> rankOf = new HashMap<>();
            StepProgress last =
                    service.told("pair", FactCase.STEP_PROGRESS).getLast().getStepProgress();
            for (int rank = 0; rank < 2; rank++) {
                rankOf.put(last.getRanks(rank).getDevice(), Integer.toString(rank));
            }
            assertThat(rankOf).containsOnlyKeys("cpu:0", "cpu:1");
            rankOf.forEach((device, rank) -> {
                String labels = "{device=\"" + device + "\",rank=\"" + rank + "\"}";
                double steps = figures.getOrDefault("dreambooth_train_step_duration_seconds_sum" + labels, 0.0);
                assertThat(figures)
                        .containsEntry("dreambooth_train_step_duration_seconds_count" + labels, (double) STEPS);
                assertThat(steps).isBetween(0.001, 120.0);
                assertThat(figures.get("dreambooth_allreduce_wait_seconds_sum" + labels))
                        .isPositive()
                        .isLessThan(steps);
                long bytes = Math.round(figures.getOrDefault("dreambooth_allreduce_summed_bytes_total" + labels, 0.0));
                assertThat(bytes / STEPS)
                        .isBetween(10_000L, 100_000_000L)
                        .isEqualTo(last.getRanks(0).getSummedBytes());
                assertThat(figures.get("dreambooth_device_peak_memory_bytes{device=\"" + device + "\"}"))
                        .isBetween(5e7, 2e10);
            });
            assertThat(last.getRanksList())
                    .extracting(RankProgress::getPeakMemoryBytes)
                    .allMatch(bytes -> bytes > 0);
            assertThat(figures)
                    .containsEntry("dreambooth_train_steps_total", (double) STEPS)
                    .containsEntry("dreambooth_train_pictures_total", 2.0 * ACCUMULATION * STEPS)
                    .containsEntry("dreambooth_runs{state=\"ready\"}", 1.0)
                    .containsEntry("dreambooth_runs{state=\"rejected\"}", 1.0)
                    .containsEntry("dreambooth_runs{state=\"training\"}", 0.0)
                    .containsEntry("dreambooth_queue_oldest_age_seconds{queue=\"train-step\"}", 0.0);
        }
    }

    @Test
    void aScraperReadsHowManyRecordsNobodyCouldWorkOn() throws Exception {
        try (ServiceBench service = new ServiceBench(directory, List.of(), TenantLimits.none())) {
            String figure = "dreambooth_dead_letters{topic=\"" + Topics.SUBJECT_UPLOAD + "\"}";
            service.sendGarbage(Topics.SUBJECT_UPLOAD);

            Instant deadline = Instant.now().plusSeconds(60);
            while (figures(service).getOrDefault(figure, 0.0) < 1
                    && Instant.now().isBefore(deadline)) {
                Thread.sleep(200);
            }

            assertThat(figures(service).get(figure)).isBetween(1.0, 2.0); // with the end of its transaction
            assertThat(figures(service))
                    .containsEntry("dreambooth_dead_letters{topic=\"" + Topics.TRAIN_STEP + "\"}", 0.0);
        }
    }

    private static RunSpec spec() {
        return RunSpec.newBuilder()
                .setInstancePrompt("a photo of a sks teapot")
                .setSeed(1)
                .setResolution(64)
                .setTraining(Training.newBuilder()
                        .setMaxSteps(STEPS)
                        .setLearningRate(1e-3)
                        .setAccumulation(ACCUMULATION)
                        .setRanks(2))
                .build();
    }

    /** Values by name and labels; every line must be a comment or a sample. */
    private static Map<String, Double> figures(ServiceBench service) throws Exception {
        Map<String, Double> figures = new HashMap<>();
        for (String line :
                scrape(service).lines().filter(it -> !it.startsWith("# ")).toList()) {
            Matcher sample = LINE.matcher(line);
            assertThat(sample.matches()).as(line).isTrue();
            figures.put(sample.group(1), Double.parseDouble(sample.group(2)));
        }
        return figures;
    }

    private static String scrape(ServiceBench service) throws Exception {
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpResponse<String> answer = http.send(
                    HttpRequest.newBuilder(service.dashboard().resolve("/metrics"))
                            .header("Authorization", "Bearer " + ServiceBench.TOKEN)
                            .timeout(Duration.ofSeconds(20))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).isEqualTo(200);
            return answer.body();
        }
    }
}
