package org.dreamboothactors.campaign.faults;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.dreamboothactors.campaign.processes.NodeName;
import org.dreamboothactors.protocol.v1.RunEvent.FactCase;

/**
 * Deals faults: the same seed gives the same ones, and consecutive seeds give each kind equally often.
 *
 * @param kinds to deal
 * @param faults of one seed
 * @param steps of the run
 */
public record Plan(List<Kind> kinds, int faults, long steps) {
    private static final int LATEST_MILLIS = 1500;
    private static final List<FactCase> BEFORE_TRAINING = List.of(
            FactCase.REQUESTED,
            FactCase.ACCEPTED,
            FactCase.LATENTS_CACHED,
            FactCase.CLASS_IMAGES_READY,
            FactCase.TRAINING_STARTED);
    /** Of ten moments so many are of training, which takes most of the time. */
    private static final int IN_TRAINING = 7;

    public Plan {
        kinds = List.copyOf(kinds);
    }

    /** In the order of their moments. */
    public List<Fault> of(long seed) {
        Random random = new Random(seed * 0x9e3779b97f4a7c15L);
        List<Fault> dealt = new ArrayList<>();
        for (int i = 0; i < faults; i++) {
            long place = seed * faults + i;
            dealt.add(fault(round(place / kinds.size()).get(Math.toIntExact(place % kinds.size())), random));
        }
        dealt.sort(Comparator.comparingLong((Fault fault) -> fault.moment().step())
                .thenComparing(fault -> fault.moment().fact()));
        return dealt;
    }

    /** Each round of seeds deals all kinds once, every round in another order, so that other kinds meet. */
    private List<Kind> round(long number) {
        List<Kind> order = new ArrayList<>(kinds);
        Collections.shuffle(order, new Random(number));
        return order;
    }

    private Fault fault(Kind kind, Random random) {
        NodeName node = random.nextBoolean() ? NodeName.NORTH : NodeName.SOUTH;
        return new Fault(kind, moment(kind, random), node, length(kind, random), random.nextLong());
    }

    private Moment moment(Kind kind, Random random) {
        Duration after = Duration.ofMillis(random.nextInt(LATEST_MILLIS));
        if (kind == Kind.KILL_ALL_WORKERS || random.nextInt(10) < IN_TRAINING) {
            return new Moment(FactCase.STEP_PROGRESS, 1 + random.nextLong(steps * 9 / 10), after);
        }
        return new Moment(BEFORE_TRAINING.get(random.nextInt(BEFORE_TRAINING.size())), 0, after);
    }

    private static Duration length(Kind kind, Random random) {
        return switch (kind) {
            case KILL_WORKER, REPEAT, STARVE_WORKER -> Duration.ZERO;
            case KILL_NODE, KILL_COORDINATOR, RESTART_STORE, KILL_ALL_WORKERS ->
                Duration.ofMillis(random.nextInt(3_000));
            case RESTART_BROKER -> Duration.ofMillis(random.nextInt(6_000));
            case STOP_WORKER -> Duration.ofSeconds(22 + random.nextInt(5)); // 20 s without a sign of life is death
            case STOP_NODE ->
                Duration.ofSeconds(11 + random.nextInt(22)); // a lock lasts 10 s, a sign of life is due in 20 s
            case STOP_SUPERVISOR -> Duration.ofSeconds(11 + random.nextInt(8)); // its child is not given up
            case CUT, SILENCE, SLOW, CUT_RANKS, FILL_DISK, JUMP_CLOCK -> Duration.ofSeconds(2 + random.nextInt(18));
        };
    }
}
