package org.dreamboothactors.actors.turns;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.dreamboothactors.protocol.RequestIds;
import org.dreamboothactors.protocol.Topics;
import org.dreamboothactors.protocol.v1.RunEvent;
import org.dreamboothactors.protocol.v1.RunSpec;
import org.dreamboothactors.protocol.v1.SubjectUpload;
import org.dreamboothactors.protocol.v1.WorkRequested;

/** One open run, told fact by fact. A fact that is told twice, or late, changes nothing. Not thread-safe. */
final class RunInLine {
    /** A trainer that is silent for longer is taken for one that stopped: nobody tells when a node is lost. */
    private static final Duration SILENCE = Duration.ofMinutes(10);
    /** So long others go before a run that got too few devices. */
    private static final Duration LACK = Duration.ofMinutes(5);

    private final String runId;
    private final String tenant;
    private final int priority;
    private final int devices;
    private final long requestedMs;
    private final Map<String, Asked> requests = new HashMap<>();
    private final Set<String> everAsked = new HashSet<>();
    private final Set<String> draws = new HashSet<>();
    /** How many of them were of a topic. */
    private final Map<String, Integer> asks = new HashMap<>();

    private Phase phase = Phase.PREPARING;
    private int attempt;
    private long sinceMs;
    private long wantsSinceMs;
    private long yieldedAtMs;
    private long takenAtMs;
    private long heardAtMs;
    private long trainedMs;
    private long lackedAtMs;
    private int lacks;

    /** A record of a work queue that was not answered yet. */
    record Asked(String topic, long atMs) {}

    private RunInLine(String runId, String tenant, int priority, int devices, long sinceMs) {
        this.runId = runId;
        this.tenant = tenant;
        this.priority = priority;
        this.devices = devices;
        this.requestedMs = sinceMs;
        this.sinceMs = sinceMs;
    }

    static RunInLine requested(SubjectUpload upload, long atMs) {
        RunSpec spec = upload.getSpec();
        return new RunInLine(
                upload.getRunId(),
                upload.getTenant(),
                Priorities.weight(spec.getPriority()),
                Math.max(1, spec.getTraining().getRanks()),
                atMs);
    }

    /** A run that has ended and whose pictures are asked for. */
    static RunInLine ended(String runId, long atMs) {
        Standing unknown = Standing.unknown(runId);
        return new RunInLine(runId, unknown.tenant(), unknown.priority(), unknown.devices(), atMs);
    }

    String tenant() {
        return tenant;
    }

    int devices() {
        return devices;
    }

    /** Whether it counts among the waiting runs of its tenant that were there before {@code other}. */
    boolean waitsBefore(RunInLine other) {
        boolean earlier = requestedMs < other.requestedMs
                || (requestedMs == other.requestedMs && runId.compareTo(other.runId) < 0);
        return earlier && tenant.equals(other.tenant) && !phase.holdsDevice();
    }

    Map<String, Asked> requests() {
        return requests;
    }

    /** A word for what it asked of a topic up to now; empty where all of it was answered. */
    Optional<String> waitsFor(String topic) {
        boolean waits =
                requests.values().stream().anyMatch(asked -> asked.topic().equals(topic));
        return waits ? Optional.of(runId + "/" + requestedMs + "/" + asks.get(topic)) : Optional.empty();
    }

    /** How often it got too few devices. */
    int lacks() {
        return lacks;
    }

    /** Whether an answer to this request is still to come. */
    boolean awaits(String topic, String requestId) {
        return topic.equals(Topics.TRAIN_STEP)
                ? (phase == Phase.ASKED || phase.holdsDevice()) && requestId.equals(RequestIds.training(attempt))
                : requests.containsKey(requestId);
    }

    /** Every request of a client for pictures, answered or not. */
    Set<String> draws() {
        return draws;
    }

    /** Whether it is known for its pictures only. */
    boolean isEnded() {
        return tenant.isEmpty();
    }

    Phase phase() {
        return phase;
    }

    int priority() {
        return priority;
    }

    Standing standing(long nowMs) {
        boolean lacksDevices = !phase.holdsDevice() && lackedAtMs > 0 && nowMs < lackedAtMs + LACK.toMillis();
        return new Standing(
                runId,
                tenant,
                priority,
                devices,
                phase,
                sinceMs,
                wantsSinceMs,
                yieldedAtMs,
                lacksDevices,
                requests.size());
    }

    /** The same as others have to reckon with: nobody tells when a node is lost or stops. */
    Standing seen(long nowMs) {
        Standing told = standing(nowMs);
        long silentSinceMs = heardAtMs + SILENCE.toMillis();
        return phase.holdsDevice() && nowMs > silentSinceMs ? told.silentSince(silentSinceMs) : told;
    }

    /** How long trainers had it. */
    Duration trained(long nowMs) {
        return Duration.ofMillis(trainedMs + sinceTaken(nowMs));
    }

    /** How long the trainer that has it had it up to now. */
    long sinceTaken(long nowMs) {
        return isCharged() ? Math.max(0, Math.min(nowMs, heardAtMs + SILENCE.toMillis()) - takenAtMs) : 0;
    }

    /** A run that gathers devices may wait long for a node that is gone. */
    private boolean isCharged() {
        return phase == Phase.TRAINING || (phase == Phase.TAKEN && devices == 1);
    }

    /** Takes a fact. Returns the milliseconds that a trainer had the run, where its time ends with this. */
    long hear(RunEvent event) {
        long at = event.getAtMs();
        long trainedBefore = trainedMs;
        switch (event.getFactCase()) {
            case WORK_REQUESTED -> asked(event.getWorkRequested(), at);
            case LATENTS_CACHED -> answered(event.getLatentsCached().getRequestId());
            case CLASS_IMAGES_READY -> answered(event.getClassImagesReady().getRequestId());
            case SAMPLES_READY -> answered(event.getSamplesReady().getRequestId());
            case WORK_FAILED -> answered(event.getWorkFailed().getRequestId());
            case TRAINING_QUEUED ->
                enter(Phase.QUEUED, event.getTrainingQueued().getAttempt(), at);
            case TRAINING_TAKEN -> enter(Phase.TAKEN, event.getTrainingTaken().getAttempt(), at);
            case TRAINING_STARTED ->
                enter(Phase.TRAINING, event.getTrainingStarted().getAttempt(), at);
            case TRAINING_YIELDED -> {
                int ofAttempt = event.getTrainingYielded().getAttempt();
                boolean lacking = isNews(Phase.YIELDED, ofAttempt)
                        && event.getTrainingYielded().getLacksDevices();
                enter(Phase.YIELDED, ofAttempt, at);
                lackedAtMs = lacking ? at : lackedAtMs;
                lacks += lacking ? 1 : 0;
            }
            default -> {} // says nothing about turns
        }
        if (isToldByTrainer(event)) {
            heardAtMs = Math.max(heardAtMs, at);
        }
        return trainedMs - trainedBefore;
    }

    private static boolean isToldByTrainer(RunEvent event) {
        return switch (event.getFactCase()) {
            case TRAINING_TAKEN, TRAINING_STARTED, STEP_PROGRESS, STEPS_COMMITTED, CHECKPOINT_VERIFIED, JUDGED -> true;
            case SAMPLES_READY -> event.getSamplesReady().getRequestId().isEmpty(); // nobody asked for them
            default -> false;
        };
    }

    /** One that trains wanted a device for its pictures, and has had it. */
    private void answered(String requestId) {
        requests.remove(requestId);
        if (requests.isEmpty() && phase.holdsDevice()) {
            wantsSinceMs = 0;
        }
    }

    private void asked(WorkRequested work, long at) {
        if (work.getTopic().equals(Topics.TRAIN_STEP)) {
            work.getRequestIdsList().stream()
                    .filter(id -> id.startsWith(RequestIds.TRAINING))
                    .forEach(
                            id -> enter(Phase.ASKED, Integer.parseInt(id.substring(RequestIds.TRAINING.length())), at));
        } else {
            List<String> fresh =
                    work.getRequestIdsList().stream().filter(everAsked::add).toList();
            fresh.forEach(id -> requests.put(id, new Asked(work.getTopic(), at)));
            fresh.stream().filter(id -> RequestIds.isDraw(work.getTopic(), id)).forEach(draws::add);
            asks.merge(work.getTopic(), fresh.size(), Integer::sum);
            if (!fresh.isEmpty()) {
                wants(at);
            }
        }
    }

    private boolean isNews(Phase next, int ofAttempt) {
        return !isEnded() // else it is said again of a run that is known for its pictures
                && (ofAttempt > attempt || (ofAttempt == attempt && (next.compareTo(phase) > 0 || isTakenAgain(next))));
    }

    /** After a crash or a stop, of which nobody told. */
    private boolean isTakenAgain(Phase next) {
        return next == Phase.TAKEN && phase.holdsDevice();
    }

    private void enter(Phase next, int ofAttempt, long at) {
        if (!isNews(next, ofAttempt)) {
            return;
        }
        boolean again = isTakenAgain(next);
        if (again) {
            trainedMs += sinceTaken(heardAtMs);
        } else if (!next.holdsDevice()) {
            trainedMs += sinceTaken(at);
        }
        if (next.waits()) {
            wants(at);
        } else if (next == Phase.YIELDED) {
            yieldedAtMs = at;
        } else {
            takenAtMs = isCharged() && !again ? takenAtMs : at;
            wantsSinceMs =
                    requests.values().stream().mapToLong(Asked::atMs).min().orElse(0);
        }
        sinceMs = next == Phase.ASKED && phase == Phase.QUEUED ? sinceMs : at;
        lackedAtMs = next == Phase.TRAINING ? 0 : lackedAtMs;
        attempt = ofAttempt;
        phase = next;
    }

    private void wants(long at) {
        wantsSinceMs = wantsSinceMs == 0 ? at : wantsSinceMs;
    }
}
