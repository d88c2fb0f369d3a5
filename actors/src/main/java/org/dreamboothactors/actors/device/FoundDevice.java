package org.dreamboothactors.actors.device;

import org.dreamboothactors.diffusion.kernels.Kernels;

/** What libtorch computes on in this process. */
final class FoundDevice {
    private FoundDevice() {}

    /** In one word; throws {@link IllegalArgumentException} where it is not of the kind that the device is called. */
    static String of(DeviceName device, int threads) {
        try (Kernels kernels = Kernels.open(threads)) {
            if (kernels.onCuda() != device.isCuda()) {
                throw new IllegalArgumentException("Cannot use the device " + device + ": libtorch computes on "
                        + kernels.hardware() + " here. For a CUDA device, nvidia-smi has to list it,"
                        + " PYTORCH_LIBRARY_PATH has to be the folder of libtorch 2.7.1 for CUDA 12.8,"
                        + " and PYTORCH_FLAVOR has to be cu128");
            }
            return kernels.hardware();
        }
    }
}
