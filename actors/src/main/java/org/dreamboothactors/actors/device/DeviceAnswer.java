package org.dreamboothactors.actors.device;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.Optional;
import org.dreamboothactors.diffusion.StepResult;
import org.dreamboothactors.diffusion.judging.PictureScores;

/**
 * What a device's child JVM says: any number of {@link Progress}, then one of the others, and {@link Alive} all the time.
 * One JSON line each.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.SIMPLE_NAME, property = "answer")
public sealed interface DeviceAnswer {

    /**
     * The process runs, whatever its command does.
     *
     * @param peakMemoryBytes most that it ever held; 0: not known
     */
    record Alive(long peakMemoryBytes) implements DeviceAnswer {}

    /** A long command is under way. */
    record Progress(int done, int total) implements DeviceAnswer {}

    record Done() implements DeviceAnswer {}

    /** What libtorch computes on, e.g. {@code cuda=NVIDIA_H200/sm_90}. */
    record Found(String hardware) implements DeviceAnswer {}

    /**
     * A trainer is ready.
     *
     * @param warning what who asked for the run should know
     */
    record TrainerOpened(long step, String environment, Optional<String> warning) implements DeviceAnswer {}

    /** Where the rank before this one calls. */
    record DoorOpened(int port) implements DeviceAnswer {}

    record Stepped(StepResult result, StepCost cost) implements DeviceAnswer {}

    /** A state or a checkpoint is written, or was not to be. The digest is over the trained tensors. */
    record Saved(String weightsSha256) implements DeviceAnswer {}

    /** What the judge says. */
    record Judged(PictureScores scores) implements DeviceAnswer {}

    /** The command cannot be done, and could not if it were asked again; the child goes on. */
    record Refused(String reason) implements DeviceAnswer {}

    /** The command failed unexpectedly; what the child holds is not to be trusted, another may succeed. */
    record Broken(String reason) implements DeviceAnswer {}
}
