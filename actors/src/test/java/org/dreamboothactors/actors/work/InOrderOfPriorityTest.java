package org.dreamboothactors.actors.work;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.dreamboothactors.actors.device.Device;
import org.dreamboothactors.actors.device.FakeDevice;
import org.dreamboothactors.actors.encoder.EncodeLatents;
import org.dreamboothactors.protocol.v1.LatentRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InOrderOfPriorityTest {
    @TempDir
    Path directory = Path.of("");

    private final Deque<LatentRequest> queue = new ArrayDeque<>();
    private final List<String> worked = new ArrayList<>();

    /** Runs named low let those named high pass, for as long as one of theirs is in the queue. */
    private InOrderOfPriority<LatentRequest> worker(Map<String, List<String>> ahead) {
        return new InOrderOfPriority<>(
                new Worker<>() {
                    @Override
                    public Outcome work(LatentRequest request, Device.Turn device, Shift shift) {
                        worked.add(request.getRunId() + " " + request.getRequestId());
                        return new Outcome.Done();
                    }

                    @Override
                    public Outcome fail(LatentRequest request, String reason) {
                        return new Outcome.Done();
                    }
                },
                (run, _) -> ahead.getOrDefault(run, List.of()),
                EncodeLatents.KIND,
                (run, request) -> queue.add(request));
    }

    private void workOff(Map<String, List<String>> ahead) throws InterruptedException {
        try (Device device = FakeDevice.start(directory);
                Device.Turn turn = device.takeTurn(Duration.ofSeconds(1)).orElseThrow()) {
            while (!queue.isEmpty()) {
                int before = worked.size();
                Outcome outcome = worker(ahead).work(queue.remove(), turn, TestShift.endless());
                assertThat(outcome).isEqualTo(worked.size() > before ? new Outcome.Done() : new Outcome.PutBack());
            }
        }
    }

    private void asked(String run, String... requests) {
        for (String request : requests) {
            queue.add(LatentRequest.newBuilder()
                    .setRunId(run)
                    .setRequestId(request)
                    .build());
        }
    }

    @Test
    void worksOffStrongerRunsFirstAndIdlesForNobody() throws InterruptedException {
        asked("low", "1", "2", "3");
        asked("high", "1", "2");

        workOff(Map.of("low", List.of("high/2"))); // until the end: another device may still work on them

        assertThat(worked).containsExactly("high 1", "high 2", "low 1", "low 2", "low 3");
    }

    @Test
    void letsARunPassAgainWhenMoreIsAskedForIt() throws InterruptedException {
        asked("low", "1");
        workOff(Map.of("low", List.of("high/1")));
        assertThat(worked).containsExactly("low 1");

        queue.add(LatentRequest.newBuilder()
                .setRunId("low")
                .setRequestId("2")
                .addPassed("high/1")
                .build());
        asked("high", "2");
        workOff(Map.of("low", List.of("high/2")));

        assertThat(worked).containsExactly("low 1", "high 2", "low 2");
    }

    @Test
    void keepsTheOrderAmongEquals() throws InterruptedException {
        asked("one", "1");
        asked("other", "1");
        asked("one", "2");

        workOff(Map.of());

        assertThat(worked).containsExactly("one 1", "other 1", "one 2");
    }
}
