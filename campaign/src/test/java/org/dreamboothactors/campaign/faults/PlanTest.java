package org.dreamboothactors.campaign.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class PlanTest {
    private static final int STEPS = 60;
    private final Plan plan = new Plan(Arrays.asList(Kind.values()), 3, STEPS);

    @Test
    void theSameSeedDealsTheSameFaults() {
        assertThat(plan.of(41)).isEqualTo(plan.of(41)).isNotEqualTo(plan.of(42));
    }

    @Test
    void everyKindIsDealtAtLeastFifteenTimesInAHundredSeeds() {
        var counts = LongStream.range(0, 100)
                .mapToObj(plan::of)
                .flatMap(List::stream)
                .collect(Collectors.groupingBy(Fault::kind, Collectors.counting()));

        assertThat(counts).hasSize(Kind.values().length);
        assertThat(counts.values()).allMatch(count -> count >= 15);
    }

    @Test
    void faultsComeInTheOrderOfTheirMomentsAndBeforeTheEnd() {
        assertThat(LongStream.range(0, 50).mapToObj(plan::of)).allSatisfy(faults -> {
            assertThat(faults).extracting(fault -> fault.moment().step()).isSorted();
            assertThat(faults).allMatch(fault -> fault.moment().step() < STEPS);
        });
    }

    @Test
    void pairsOfKindsChange() {
        Plan pairs = new Plan(Arrays.asList(Kind.values()), 2, STEPS);
        Function<Long, List<Kind>> kinds =
                seed -> pairs.of(seed).stream().map(Fault::kind).sorted().toList();

        assertThat(LongStream.range(0, 42).boxed().map(kinds).distinct().count())
                .isGreaterThan(14);
    }
}
