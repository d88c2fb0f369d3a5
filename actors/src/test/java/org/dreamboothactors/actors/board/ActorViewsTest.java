package org.dreamboothactors.actors.board;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ActorViewsTest {
    private final ActorViews actors = new ActorViews();

    @Test
    void countsRestartsAndTimesTheState() {
        actors.report("device/trainer", "working", "step 1", 1_000);
        actors.report("device/trainer", "working", "step 2", 2_000);
        actors.report("device/trainer", "restarting", "", 3_000);
        actors.report("device/trainer", "restarting", "", 3_100);
        actors.report("device/trainer", "idle", "", 4_000);
        actors.report("device/trainer", "restarting", "", 5_000);

        assertThat(actors.all()).containsExactly(new ActorView("device/trainer", "restarting", "", 5_000, 2));
    }

    @Test
    void keepsTheBeginningOfAStateWhileTheWorkChanges() {
        actors.report("encoder", "working", "photo 1", 1_000);
        actors.report("encoder", "working", "photo 2", 9_000);

        assertThat(actors.all()).containsExactly(new ActorView("encoder", "working", "photo 2", 1_000, 0));
    }

    @Test
    void makesRoomByForgettingAStoppedActor() {
        actors.report("gone", "stopped", "", 1);
        IntStream.range(1, ActorViews.LIMIT).forEach(i -> actors.report("actor-" + i, "idle", "", 1));

        actors.report("new", "idle", "", 2);
        actors.report("one too many", "idle", "", 3);

        assertThat(actors.all())
                .hasSize(ActorViews.LIMIT)
                .extracting(ActorView::path)
                .contains("new")
                .doesNotContain("gone", "one too many");
    }

    @Test
    void handsOutEachChangeOnce() {
        actors.report("a", "idle", "", 1);
        actors.report("b", "idle", "", 1);
        actors.takeChanges();
        actors.report("b", "working", "x", 2);

        assertThat(actors.takeChanges()).extracting(ActorView::path).containsExactly("b");
        assertThat(actors.takeChanges()).isEmpty();
    }
}
