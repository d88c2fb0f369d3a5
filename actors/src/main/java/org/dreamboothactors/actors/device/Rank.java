package org.dreamboothactors.actors.device;

import java.util.function.Consumer;
import org.dreamboothactors.actors.device.DeviceAnswer.Progress;

/** One of the devices that train a run together: of this node, or of another that came to help. */
public interface Rank {
    /** E.g. {@code cpu:0}, or {@code cpu:0@10.0.0.7} of another node. */
    String deviceName();

    /** Most memory that its process ever held, as it said some seconds ago; 0: not known. */
    long peakMemoryBytes();

    /** Asks for something; throws {@link DeviceLost} or {@link DeviceRefused}. */
    DeviceAnswer ask(DeviceCommand command, Consumer<Progress> progress);

    /** Ends what it computes, whatever that is. Any thread may. */
    void kill();
}
