package org.dreamboothactors.actors.device;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.dreamboothactors.diffusion.ComputePrecision;
import org.dreamboothactors.diffusion.Drawing;
import org.dreamboothactors.diffusion.TrainingConfig;
import org.dreamboothactors.diffusion.TrainingData;
import org.dreamboothactors.diffusion.lora.AddedLora;

/** What a device's child JVM can be asked to do: one JSON line each. All paths are on this machine. */
@JsonTypeInfo(use = JsonTypeInfo.Id.SIMPLE_NAME, property = "command")
public sealed interface DeviceCommand {

    /** Looks whether libtorch computes on what the device is called; refused where it does not. */
    record FindDevice() implements DeviceCommand {}

    /** Encodes clean photos; closes a trainer that is open. */
    record Encode(Path model, List<Photo> photos) implements DeviceCommand {
        public Encode {
            photos = List.copyOf(photos);
        }
    }

    /**
     * One photo to encode.
     *
     * @param png in
     * @param moments out, safetensors
     * @param resolution pixels, side of the square
     * @param randomCrop seed of the crop; empty: the middle
     */
    record Photo(Path png, Path moments, int resolution, Optional<Long> randomCrop) {}

    /**
     * Draws picture i to {@code out/<i>.png}; closes a trainer that is open.
     *
     * @param lora added to the model's weights
     * @param precision that the model draws in; AUTO: the device's
     */
    record Draw(Path model, Drawing drawing, Path out, Optional<AddedLora> lora, ComputePrecision precision)
            implements DeviceCommand {}

    /**
     * Makes a trainer, closing what was open.
     *
     * @param run whose trainer it is
     * @param state to go on from; empty: from the base model
     * @param place among several that train the run together; empty: alone
     */
    record OpenTrainer(
            String run,
            Path model,
            TrainingConfig config,
            TrainingData data,
            Optional<Path> state,
            Optional<RankPlace> place)
            implements DeviceCommand {}

    /**
     * Goes on with the trainer that is open, if it is this run's, trains alone and on latents, and has done no step since
     * it saved this state; otherwise nothing is open any more, and the answer is {@link DeviceAnswer.Done}.
     *
     * @param step of the state
     * @param weightsSha256 that saving it was answered with
     */
    record ResumeTrainer(String run, long step, String weightsSha256) implements DeviceCommand {}

    /**
     * Opens a port where the rank before this one calls; it is for the next trainer.
     *
     * @param host address of this machine that it is opened at
     */
    record OpenDoor(String host) implements DeviceCommand {}

    /** One optimizer step of the open trainer. */
    record TrainStep() implements DeviceCommand {}

    /** The digest of the open trainer's weights. */
    record DigestWeights() implements DeviceCommand {}

    /** Writes weights and optimizer state of the open trainer. */
    record SaveState(Path file) implements DeviceCommand {}

    /** Writes the open trainer's model as a diffusers folder. */
    record SaveCheckpoint(Path folder) implements DeviceCommand {}

    /** Draws with the open trainer's model. */
    record DrawTrained(Drawing drawing, Path out) implements DeviceCommand {}

    /**
     * Judges pictures, beside whatever is open.
     *
     * @param judge folder
     * @param photos of the subject, PNG
     * @param subject pictures of it
     * @param ofClass pictures of others of its class, PNG
     */
    record JudgePictures(Path judge, List<Path> photos, List<Shown> subject, List<Path> ofClass)
            implements DeviceCommand {
        public JudgePictures {
            photos = List.copyOf(photos);
            subject = List.copyOf(subject);
            ofClass = List.copyOf(ofClass);
        }
    }

    /** A PNG of the subject, and its prompt without the identifier. */
    record Shown(Path picture, String text) {}

    /** Frees what trains or draws; what it did not change of its base model stays for whatever is opened next. */
    record CloseTrainer() implements DeviceCommand {}

    /** Loads every part of a diffusers folder and runs it once. */
    record CheckCheckpoint(Path folder) implements DeviceCommand {}
}
