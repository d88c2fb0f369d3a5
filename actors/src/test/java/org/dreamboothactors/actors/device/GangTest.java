package org.dreamboothactors.actors.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.dreamboothactors.actors.device.DeviceAnswer.Progress;
import org.dreamboothactors.actors.device.DeviceAnswer.TrainerOpened;
import org.dreamboothactors.diffusion.Refinements;
import org.dreamboothactors.diffusion.TrainingConfig;
import org.dreamboothactors.diffusion.TrainingData;
import org.junit.jupiter.api.Test;

class GangTest {
    private static final DeviceCommand.OpenTrainer OPEN = new DeviceCommand.OpenTrainer(
            "run",
            Path.of("model"),
            new TrainingConfig(
                    3, 10, 1e-3, false, 1e-3, 1, 0.9, 0.999, 1e-8, 0, 1, 1, false, "a", "b", Refinements.NONE),
            TrainingData.ofLatents(List.of(), List.of()),
            Optional.empty(),
            Optional.empty());

    /** One that opens every trainer in the same way. */
    private record Opening(String deviceName, TrainerOpened opened) implements Rank {
        @Override
        public long peakMemoryBytes() {
            return 0;
        }

        @Override
        public DeviceAnswer ask(DeviceCommand command, Consumer<Progress> progress) {
            return opened;
        }

        @Override
        public void kill() {}
    }

    private static DeviceAnswer opened(TrainerOpened... ranks) {
        List<Opening> devices =
                List.of(ranks).stream().map(rank -> new Opening("cpu", rank)).toList();
        return new Gang(devices, "run", 1, new Gang.OneMachine(Path.of("numbers"))).ask(OPEN);
    }

    @Test
    void ranksMayDifferInWhatTheyMeasured() {
        TrainerOpened first = new TrainerOpened(3, "cpu", Optional.of("104.06 times as long"));

        assertThat(opened(first, new TrainerOpened(3, "cpu", Optional.of("107.08 times as long"))))
                .isEqualTo(first);
    }

    @Test
    void ranksMustBeginAtTheSameStepInTheSameEnvironment() {
        TrainerOpened first = new TrainerOpened(3, "cpu", Optional.empty());

        assertThatThrownBy(() -> opened(first, new TrainerOpened(4, "cpu", Optional.empty())))
                .isInstanceOf(DeviceLost.class)
                .hasMessageContaining("do not begin alike");
        assertThatThrownBy(() -> opened(first, new TrainerOpened(3, "another", Optional.empty())))
                .isInstanceOf(DeviceLost.class)
                .hasMessageContaining("another");
    }
}
