package org.dreamboothactors.actors.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import org.dreamboothactors.actors.device.DeviceName.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeviceNameTest {

    @Test
    void namesAreReadAsTheyAreWritten() {
        assertThat(DeviceName.parse("cpu:0")).isEqualTo(new DeviceName(Kind.CPU, 0));
        assertThat(DeviceName.parse("cuda:12")).hasToString("cuda:12");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "cpu", "gpu:0", "cuda:", "cuda:-1", "CUDA:0", "cuda:0 ", "cuda:99999", "0"})
    void whatIsNoDeviceIsRefusedByName(String text) {
        assertThatThrownBy(() -> DeviceName.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(text + " is no device, expected cpu or cuda");
    }

    @Test
    void aProcessSeesItsOwnDeviceOnly() {
        assertThat(DeviceName.parse("cuda:1").visibleDevices(Optional.empty())).isEqualTo("1");
        assertThat(DeviceName.parse("cuda:1").visibleDevices(Optional.of(List.of("4", "GPU-8932f937", "6"))))
                .isEqualTo("GPU-8932f937");
        assertThat(DeviceName.parse("cpu:1").visibleDevices(Optional.of(List.of("4", "5"))))
                .isEmpty();
    }

    @Test
    void aDeviceThatTheServiceDoesNotSeeIsRefused() {
        assertThatThrownBy(() -> DeviceName.parse("cuda:2").visibleDevices(Optional.of(List.of("4", "5"))))
                .hasMessage("Cannot use the device cuda:2: CUDA_VISIBLE_DEVICES is '4,5', which shows 2 devices,"
                        + " counted from 0");
        assertThatThrownBy(() -> DeviceName.parse("cuda:0").visibleDevices(Optional.of(List.of())))
                .hasMessageContaining("which shows 0 devices");
    }
}
