package org.dreamboothactors.actors.turns;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ChoiceTest {
    private static final int LOW = 0;
    private static final int NORMAL = 1;
    private static final int HIGH = 2;
    private static final long NOW = 1_000;

    @Test
    void theOneThatWaitsLongestIsNextAmongEquals() {
        assertThat(next(queued("b", NORMAL, 20), queued("a", NORMAL, 10), queued("c", NORMAL, 30)))
                .isEqualTo("a");
    }

    @Test
    void higherPriorityGoesFirstHoweverLateItCame() {
        assertThat(next(queued("a", LOW, 1), queued("b", NORMAL, 20), queued("c", HIGH, 30)))
                .isEqualTo("c");
    }

    @Test
    void theTenantThatHadLessGoesFirstAmongEqualPriorities() {
        Standing ann = of("ann", queued("a", NORMAL, 10));
        Standing bob = of("bob", queued("b", NORMAL, 20));

        assertThat(choice(Map.of("ann", 60.0, "bob", 59.0), ann, bob).next()).contains(bob);
        assertThat(choice(Map.of("ann", 60.0), ann, bob).next()).contains(bob);
        assertThat(choice(Map.of("ann", 60.0, "bob", 61.0), ann, bob).next()).contains(ann);
        assertThat(choice(Map.of("ann", 60.0), of("ann", queued("c", HIGH, 30)), bob)
                        .next()
                        .map(Standing::tenant))
                .contains("ann");
    }

    @Test
    void oneRecordOfAPriorityWaitsAtATime() {
        assertThat(next(in(Phase.ASKED, "a", NORMAL), queued("b", NORMAL, 20))).isEmpty();
        assertThat(next(in(Phase.ASKED, "a", NORMAL), queued("b", HIGH, 20))).isEqualTo("b");
        assertThat(next(in(Phase.ASKED, "a", HIGH), queued("b", NORMAL, 20))).isEmpty();
        assertThat(next(in(Phase.TAKEN, "a", HIGH), queued("b", NORMAL, 20))).isEqualTo("b");
    }

    @Test
    void nobodyOfLowerPriorityGetsADeviceWhileAHigherOnePreparesItself() {
        assertThat(next(preparing("a", HIGH, 1), queued("b", NORMAL, 20))).isEmpty();
        assertThat(next(preparing("a", NORMAL, 1), queued("b", NORMAL, 20))).isEqualTo("b");
        assertThat(next(preparing("a", HIGH, 0), queued("b", NORMAL, 20))).isEqualTo("b");
    }

    @Test
    void makesWayAtOnceForAHigherPriorityAlone() {
        Standing mine = in(Phase.TRAINING, "mine", NORMAL);

        assertThat(claim(mine, queued("a", HIGH, 20))).isEqualTo(Claim.NOW);
        assertThat(claim(mine, in(Phase.ASKED, "a", HIGH))).isEqualTo(Claim.NOW);
        assertThat(claim(mine, preparing("a", HIGH, 1))).isEqualTo(Claim.NOW);
        assertThat(claim(mine, preparing("a", HIGH, 0))).isEqualTo(Claim.NONE);
        assertThat(claim(mine, in(Phase.TAKEN, "a", HIGH))).isEqualTo(Claim.NONE);
        assertThat(claim(mine, queued("a", NORMAL, 20))).isEqualTo(Claim.AT_SLICE_END);
        assertThat(claim(mine, queued("a", LOW, 20))).isEqualTo(Claim.NONE);
        assertThat(claim(in(Phase.TRAINING, "mine", LOW), queued("a", NORMAL, 20)))
                .isEqualTo(Claim.NOW);
    }

    @Test
    void aRunOfHigherPriorityDoesNotMakeWayAtTheEndOfItsSlice() {
        assertThat(claim(in(Phase.TRAINING, "mine", HIGH), queued("a", NORMAL, 20), preparing("b", NORMAL, 3)))
                .isEqualTo(Claim.NONE);
    }

    @Test
    void noMoreRunsMakeWayThanDevicesAreWanted() {
        Standing older = since(10, in(Phase.TRAINING, "older", NORMAL));
        Standing newer = since(20, in(Phase.TRAINING, "newer", NORMAL));
        Standing low = since(5, in(Phase.TRAINING, "low", LOW));
        Standing high = queued("high", HIGH, 30);

        assertThat(claim(low, older, newer, high)).isEqualTo(Claim.NOW);
        assertThat(claim(newer, older, low, high)).isEqualTo(Claim.AT_SLICE_END);
        assertThat(claim(newer, older, high)).isEqualTo(Claim.NOW);
        assertThat(claim(older, newer, high)).isEqualTo(Claim.AT_SLICE_END);
        assertThat(claim(older, newer, high, queued("too", HIGH, 31))).isEqualTo(Claim.NOW);
    }

    @Test
    void nobodyMakesWayOnceMoreForWhomSomeoneMadeWayAlready() {
        Standing mine = in(Phase.TRAINING, "mine", NORMAL);
        Standing high = queued("high", HIGH, 30);

        assertThat(claim(mine, high, in(Phase.QUEUED, "gone", NORMAL).queuedAt(31)))
                .isEqualTo(Claim.AT_SLICE_END);
        assertThat(claim(mine, high, in(Phase.QUEUED, "gone before", NORMAL).queuedAt(29)))
                .isEqualTo(Claim.NOW);
    }

    @Test
    void aRecordThatWasWrittenTooEarlyIsGivenBack() {
        Standing mine = in(Phase.ASKED, "mine", NORMAL);

        assertThat(claim(mine, in(Phase.ASKED, "a", HIGH))).isEqualTo(Claim.NOW);
        assertThat(claim(mine, preparing("a", HIGH, 1))).isEqualTo(Claim.NOW);
        assertThat(claim(mine, queued("a", NORMAL, 1))).isNotEqualTo(Claim.NOW);
        assertThat(choice(Map.of("tenant", 60.0), mine, of("bob", queued("b", NORMAL, 20)))
                        .claim(mine, NOW))
                .isEqualTo(Claim.NOW);
    }

    @Test
    void nobodyGetsADeviceWhileOnePreparesItselfWhoseTenantHadLess() {
        Standing ann = of("ann", queued("a", NORMAL, 10));
        Standing bob = preparing("b", NORMAL, 1);

        assertThat(choice(Map.of("ann", 60.0), ann, bob).next()).isEmpty();
        assertThat(choice(Map.of("ann", 60.0, "tenant", 60.0), ann, bob).next()).contains(ann);
        assertThat(choice(Map.of("ann", 60.0), ann, preparing("b", NORMAL, 0)).next())
                .contains(ann);
    }

    @Test
    void keepsItsDeviceAtTheEndOfTheSliceWhileItsTenantHadLess() {
        Standing mine = of("ann", in(Phase.TRAINING, "mine", NORMAL));
        Standing other = of("bob", queued("other", NORMAL, 20));

        assertThat(choice(Map.of("ann", 60.0, "bob", 61.0), mine, other).claim(mine, NOW))
                .isEqualTo(Claim.NONE);
        assertThat(choice(Map.of("ann", 60.0, "bob", 59.0), mine, other).claim(mine, NOW))
                .isEqualTo(Claim.AT_SLICE_END);
    }

    private static String next(Standing... runs) {
        return choice(Map.of(), runs).next().map(Standing::runId).orElse("");
    }

    @Test
    void othersGoBeforeARunThatLacksDevices() {
        Standing lacking = new Standing("lacking", "tenant", 2, 2, Phase.QUEUED, 1, 1, 0, true, 0);

        assertThat(choice(Map.of(), lacking, queued("other", 1, 5)).next())
                .hasValueSatisfying(first -> assertThat(first.runId()).isEqualTo("other"));
        assertThat(claim(in(Phase.ASKED, "other", 1), lacking)).isEqualTo(Claim.NONE);
        assertThat(claim(in(Phase.TRAINING, "other", 1), lacking)).isEqualTo(Claim.NONE);
        assertThat(choice(Map.of(), lacking, in(Phase.ASKED, "other", 1)).next())
                .isEmpty(); // it would be taken only to make way
        assertThat(choice(Map.of(), lacking).next()).isPresent(); // alone it tries again
    }

    private static Claim claim(Standing mine, Standing... others) {
        Standing[] all = Arrays.copyOf(others, others.length + 1);
        all[others.length] = mine;
        return choice(Map.of(), all).claim(mine, NOW);
    }

    private static Choice choice(Map<String, Double> used, Standing... runs) {
        return new Choice(List.of(runs), new Order(used));
    }

    private static Standing queued(String run, int priority, long sinceMs) {
        return new Standing(run, "tenant", priority, 1, Phase.QUEUED, sinceMs, sinceMs, 0, false, 0);
    }

    private static Standing in(Phase phase, String run, int priority) {
        return new Standing(run, "tenant", priority, 1, phase, 10, phase.holdsDevice() ? 0 : 10, 0, false, 0);
    }

    private static Standing preparing(String run, int priority, int requests) {
        return new Standing(
                run, "tenant", priority, 1, Phase.PREPARING, 10, requests == 0 ? 0 : 10, 0, false, requests);
    }

    private static Standing of(String tenant, Standing run) {
        return new Standing(
                run.runId(), tenant, run.priority(), 1, run.phase(), run.sinceMs(), run.wantsSinceMs(), 0, false, 0);
    }

    private static Standing since(long sinceMs, Standing run) {
        return new Standing(run.runId(), run.tenant(), run.priority(), 1, run.phase(), sinceMs, 0, 0, false, 0);
    }
}
