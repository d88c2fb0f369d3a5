package org.dreamboothactors.actors.device;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class CoresTest {
    private static final List<Integer> ALLOWED = List.of(0, 1, 2, 3, 8);

    @Test
    void devicesShareTheCoresAmongThem() {
        assertThat(Cores.slices(ALLOWED, 2, 2)).extracting(Cores::toString).containsExactly("0,1", "2,3");
        assertThat(Cores.slices(ALLOWED, 5, 1)).extracting(Cores::toString).containsExactly("0", "1", "2", "3", "8");
    }

    @Test
    void noDeviceIsBoundWhereItIsAloneOrCoresDoNotSuffice() {
        assertThat(Cores.slices(ALLOWED, 1, 2)).containsExactly(Cores.ANY);
        assertThat(Cores.slices(ALLOWED, 3, 2)).containsExactly(Cores.ANY, Cores.ANY, Cores.ANY);
        assertThat(Cores.slices(List.of(), 2, 1)).containsExactly(Cores.ANY, Cores.ANY);
        assertThat(Cores.ANY.before()).isEmpty();
    }

    @Test
    void readsWhatTheKernelWrites() {
        assertThat(Cores.parse("0-3,8")).isEqualTo(ALLOWED);
        assertThat(Cores.parse("5")).containsExactly(5);
    }
}
