package org.dreamboothactors.actors.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecruitsTest {
    @TempDir
    Path folder = Path.of("");

    /** A run that took it would lose its gang, and one of its deliveries, again and again. */
    @Test
    void aDeviceThatWasLostAndIsNotWellIsLeftAlone() throws Exception {
        try (Device mine = device("cpu:0");
                Device well = device("cpu:1")) {
            Device sick = device("cpu:2");
            sick.close();
            try (Device.Turn turn = sick.takeTurn(Duration.ZERO).orElseThrow()) {
                assertThatThrownBy(turn::warmUp).isInstanceOf(DeviceLost.class);
                assertThatThrownBy(() -> turn.ask(new DeviceCommand.FindDevice()))
                        .isInstanceOf(DeviceLost.class);
            }
            Recruits recruits = new Recruits(List.of(mine, sick, well));
            try (Device.Turn held = mine.takeTurn(Duration.ZERO).orElseThrow()) {
                Recruits.Search one = recruits.gather(held, 1, 0, Duration.ofMinutes(1), () -> false);
                assertThat(one).isInstanceOfSatisfying(Recruits.Found.class, found -> {
                    assertThat(found.turns())
                            .extracting(Device.Turn::deviceName)
                            .containsExactly("cpu:1");
                    found.turns().forEach(Device.Turn::close);
                });
                assertThat(recruits.gather(held, 2, 0, Duration.ofMinutes(1), () -> false))
                        .as("two of them, at once and not after a minute")
                        .isEqualTo(new Recruits.Unwell());
                try (Device.Turn _ = well.takeTurn(Duration.ZERO).orElseThrow()) { // it was given back
                    assertThat(recruits.gather(held, 1, 0, Duration.ofMillis(1), () -> false))
                            .isEqualTo(new Recruits.Busy());
                }
            }
            assertThat(sick.takeTurn(Duration.ZERO)).as("it is given back").isPresent();
        }
    }

    private Device device(String name) {
        return new Device(
                DeviceName.parse(name),
                1,
                Cores.ANY,
                folder.resolve("device.log"),
                Duration.ofSeconds(30),
                Duration.ofHours(1),
                FakeDeviceMain.class);
    }
}
