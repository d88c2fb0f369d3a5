package org.dreamboothactors.actors.work;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.dreamboothactors.protocol.Topics;
import org.dreamboothactors.protocol.v1.RunEvent;
import org.dreamboothactors.protocol.v1.WorkRequested;

/**
 * Which work was asked for and not begun (training) or not answered (all other), as the history tells it.
 *
 * <p>One thread tells it the events, any may ask. Pictures that another device is drawing count as waiting: then a
 * trainer makes way for nothing, which costs one commit.
 */
final class WaitingWork implements Waiting {
    private final Map<String, Wants> runs = new ConcurrentHashMap<>();

    /** What a run waits for. */
    private record Wants(boolean training, Set<String> requests) {
        static final Wants NOTHING = new Wants(false, Set.of());

        Wants {
            requests = Set.copyOf(requests);
        }

        Wants more(WorkRequested work) {
            return work.getTopic().equals(Topics.TRAIN_STEP)
                    ? new Wants(true, requests)
                    : new Wants(training, union(requests, work.getRequestIdsList()));
        }

        Wants without(String requestId) {
            Set<String> rest = new HashSet<>(requests);
            rest.remove(requestId);
            return new Wants(training, rest);
        }

        private static Set<String> union(Set<String> some, List<String> more) {
            Set<String> all = new HashSet<>(some);
            all.addAll(more);
            return all;
        }
    }

    void hear(RunEvent event) {
        switch (event.getFactCase()) {
            case REJECTED, FAILED, CANCELLED, READY -> runs.remove(event.getRunId());
            default -> {
                Wants before = runs.getOrDefault(event.getRunId(), Wants.NOTHING);
                Wants after = after(before, event);
                if (after.equals(Wants.NOTHING)) {
                    runs.remove(event.getRunId());
                } else {
                    runs.put(event.getRunId(), after);
                }
            }
        }
    }

    @Override
    public boolean others(String runId) {
        return runs.entrySet().stream()
                .anyMatch(run -> !run.getValue().requests().isEmpty()
                        || (run.getValue().training() && !run.getKey().equals(runId)));
    }

    private static Wants after(Wants before, RunEvent event) {
        return switch (event.getFactCase()) {
            case WORK_REQUESTED -> before.more(event.getWorkRequested());
            case LATENTS_CACHED -> before.without(event.getLatentsCached().getRequestId());
            case CLASS_IMAGES_READY ->
                before.without(event.getClassImagesReady().getRequestId());
            case SAMPLES_READY -> before.without(event.getSamplesReady().getRequestId());
            case WORK_FAILED -> before.without(event.getWorkFailed().getRequestId());
            case TRAINING_STARTED -> new Wants(false, before.requests());
            default -> before; // says nothing about work that waits
        };
    }
}
