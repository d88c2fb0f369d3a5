package org.dreamboothactors.actors.turns;

import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.dreamboothactors.protocol.RequestIds;
import org.dreamboothactors.protocol.Topics;
import org.dreamboothactors.protocol.v1.RunEvent;
import org.dreamboothactors.protocol.v1.RunEvent.FactCase;
import org.dreamboothactors.protocol.v1.SubjectUpload;

/**
 * All runs that wait for a device or have one, as the history of all partitions tells it. Each node folds the same
 * history, so each coordinator knows the runs of the others and all decide alike; none is asked. Safe from any thread.
 */
public final class Line implements Waiting, Turns, Usages, Precedence, Belongings {
    private final InstantSource clock;
    private final Map<String, RunInLine> runs = new HashMap<>();
    private final Shares shares = new Shares();
    private final StoredBytes stored = new StoredBytes();
    private final Map<FactCase, Long> ended = new EnumMap<>(FactCase.class);
    /** Runs that ended, with their tenants: what is told of them again, or late, as a cancellation may overtake its upload, opens none. */
    private final Map<String, String> over = new HashMap<>();
    /** Pictures that clients asked for of runs that ended, by run and request. */
    private final Set<String> answered = new HashSet<>();
    /** Of those runs alone that are to be erased. */
    private final Map<String, Erasure> erasures = new HashMap<>();

    public Line(InstantSource clock) {
        this.clock = clock;
    }

    /** Takes the next fact of the history. */
    public synchronized void hear(RunEvent event) {
        Erasure erasure =
                erasures.getOrDefault(event.getRunId(), Erasure.NOT_WANTED).after(event);
        if (erasure.isWanted()) {
            erasures.put(event.getRunId(), erasure);
        }
        switch (event.getFactCase()) {
            case REQUESTED -> {
                SubjectUpload upload = event.getRequested().getUpload();
                if (over.containsKey(event.getRunId())) {
                    over.replace(event.getRunId(), "", upload.getTenant()); // a cancellation overtook it
                } else {
                    runs.putIfAbsent(event.getRunId(), RunInLine.requested(upload, event.getAtMs()));
                }
                stored(event);
            }
            case REJECTED, FAILED, CANCELLED, READY -> end(event);
            case WORK_REQUESTED -> {
                if (asksForPicturesAnew(event)) {
                    runs.putIfAbsent(event.getRunId(), RunInLine.ended(event.getRunId(), event.getAtMs()));
                }
                known(event.getRunId()).ifPresent(run -> run.hear(event));
            }
            default -> {
                stored(event);
                known(event.getRunId()).ifPresent(run -> hear(run, event));
            }
        }
    }

    /** Also what a run's workers told when it was over; of its states nobody tells then that they are gone. */
    private void stored(RunEvent event) {
        boolean isOver = over.containsKey(event.getRunId());
        String tenant = isOver
                ? over.getOrDefault(event.getRunId(), "")
                : known(event.getRunId()).map(RunInLine::tenant).orElse("");
        if (!tenant.isEmpty() && !(isOver && event.hasStepsCommitted())) {
            int round =
                    erasures.getOrDefault(event.getRunId(), Erasure.NOT_WANTED).rounds();
            stored.hear(tenant, event, round);
        }
    }

    @Override
    public synchronized Optional<List<String>> alone(String runId, int round) {
        boolean isKnown = over.containsKey(runId)
                && erasures.getOrDefault(runId, Erasure.NOT_WANTED).rounds() >= round;
        String tenant = over.getOrDefault(runId, "");
        if (!isKnown || stored.sharers(tenant, runId).stream().anyMatch(this::mayFindMore)) {
            return Optional.empty();
        }
        return Optional.of(stored.alone(tenant, runId, erasures::containsKey));
    }

    /** One of the same photos finds clean copies and latents of them, and it is told late that they are its own, too. */
    private boolean mayFindMore(String runId) {
        return !erasures.containsKey(runId)
                && known(runId)
                        .filter(run -> run.phase() == Phase.PREPARING && !run.isEnded())
                        .isPresent();
    }

    @Override
    public synchronized Optional<String> next() {
        return choice(clock.millis()).next().map(Standing::runId);
    }

    @Override
    public synchronized Claim claim(String runId) {
        long now = clock.millis();
        Standing mine = known(runId).map(run -> run.standing(now)).orElseGet(() -> Standing.unknown(runId));
        return choice(now).claim(mine, now);
    }

    @Override
    public synchronized List<String> ahead(String runId, String topic) {
        int mine = known(runId)
                .map(RunInLine::priority)
                .orElseGet(() -> Standing.unknown(runId).priority());
        return runs.values().stream()
                .filter(run -> run.priority() > mine)
                .flatMap(run -> run.waitsFor(topic).stream())
                .sorted()
                .toList();
    }

    @Override
    public synchronized Optional<Usage> beside(String runId) {
        return known(runId)
                .map(mine -> new Usage(
                        mine.tenant(),
                        Math.toIntExact(runs.values().stream()
                                .filter(run -> run.waitsBefore(mine))
                                .count()),
                        stored.of(mine.tenant())));
    }

    /** How long trainers had an open run, up to now. */
    public synchronized Duration trained(String runId) {
        return known(runId).map(run -> run.trained(clock.millis())).orElse(Duration.ZERO);
    }

    /** How often an open run looked for its devices in vain. */
    public synchronized int lacks(String runId) {
        return known(runId).map(RunInLine::lacks).orElse(0);
    }

    /** Whether work of a run is still to be answered, of one that ended pictures that were asked for since. */
    public synchronized boolean awaits(String runId, String topic, String requestId) {
        return known(runId).filter(run -> run.awaits(topic, requestId)).isPresent();
    }

    /** How many runs there are, and how long work waits. */
    public synchronized Census census() {
        long now = clock.millis();
        Map<String, Long> states = new HashMap<>();
        ended.forEach((fact, count) -> states.put(fact.name().toLowerCase(Locale.ROOT), count));
        Map<String, Duration> oldest = new HashMap<>();
        for (RunInLine run : runs.values()) {
            Standing standing = run.standing(now);
            if (!standing.isEnded()) {
                states.merge(standing.phase().state(), 1L, Long::sum);
            }
            if (standing.phase().waits()) {
                older(oldest, Topics.TRAIN_STEP, now - standing.sinceMs());
            }
            run.requests().values().forEach(asked -> older(oldest, asked.topic(), now - asked.atMs()));
        }
        return new Census(states, oldest);
    }

    private static void older(Map<String, Duration> oldest, String queue, long ageMs) {
        oldest.merge(
                queue, Duration.ofMillis(Math.max(0, ageMs)), (one, other) -> one.compareTo(other) < 0 ? other : one);
    }

    private Optional<RunInLine> known(String runId) {
        return Optional.ofNullable(runs.get(runId));
    }

    private void hear(RunInLine run, RunEvent event) {
        share(run, run.hear(event), event.getAtMs());
        if (run.isEnded() && run.requests().isEmpty()) {
            run.draws().forEach(id -> answered.add(event.getRunId() + " " + id));
            runs.remove(event.getRunId());
        }
    }

    /** Pictures of a run that ended, which nobody asked for before. */
    private boolean asksForPicturesAnew(RunEvent event) {
        String topic = event.getWorkRequested().getTopic();
        return event.getWorkRequested().getRequestIdsList().stream()
                .allMatch(id -> RequestIds.isDraw(topic, id) && !answered.contains(event.getRunId() + " " + id));
    }

    private void end(RunEvent event) {
        over.putIfAbsent(
                event.getRunId(), known(event.getRunId()).map(RunInLine::tenant).orElse(""));
        Optional.ofNullable(runs.remove(event.getRunId()))
                .filter(run -> !run.isEnded())
                .ifPresent(run -> {
                    run.draws().forEach(id -> answered.add(event.getRunId() + " " + id));
                    share(run, run.sinceTaken(event.getAtMs()), event.getAtMs());
                    ended.merge(event.getFactCase(), 1L, Long::sum);
                    boolean trainerHasIt =
                            run.phase() == Phase.ASKED || run.phase().holdsDevice();
                    if (event.hasReady() || (event.hasCancelled() && trainerHasIt)) {
                        stored.statesGo(run.tenant(), event.getRunId());
                    }
                });
    }

    private void share(RunInLine run, long hadMs, long atMs) {
        if (hadMs > 0) {
            shares.add(run.tenant(), hadMs / 1000.0 * run.devices(), atMs);
        }
    }

    private Choice choice(long nowMs) {
        Map<String, Double> used = shares.at(nowMs);
        runs.values()
                .forEach(run -> used.merge(run.tenant(), run.sinceTaken(nowMs) / 1000.0 * run.devices(), Double::sum));
        return new Choice(runs.values().stream().map(run -> run.seen(nowMs)).toList(), new Order(used));
    }
}
