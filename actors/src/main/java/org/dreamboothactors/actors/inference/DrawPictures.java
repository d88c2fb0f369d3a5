package org.dreamboothactors.actors.inference;

import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.dreamboothactors.actors.device.Device;
import org.dreamboothactors.actors.device.DeviceCommand;
import org.dreamboothactors.actors.device.DeviceRefused;
import org.dreamboothactors.actors.work.BaseModels.BaseModel;
import org.dreamboothactors.actors.work.Drawings;
import org.dreamboothactors.actors.work.InOrderOfPriority;
import org.dreamboothactors.actors.work.Node;
import org.dreamboothactors.actors.work.Outcome;
import org.dreamboothactors.actors.work.Pictures;
import org.dreamboothactors.actors.work.RunFolders;
import org.dreamboothactors.actors.work.Scratch;
import org.dreamboothactors.actors.work.SharedObjects;
import org.dreamboothactors.actors.work.Shift;
import org.dreamboothactors.actors.work.Worker;
import org.dreamboothactors.diffusion.ComputePrecision;
import org.dreamboothactors.diffusion.Drawing;
import org.dreamboothactors.diffusion.lora.AddedLora;
import org.dreamboothactors.protocol.Events;
import org.dreamboothactors.protocol.Topics;
import org.dreamboothactors.protocol.Wire;
import org.dreamboothactors.protocol.v1.ClassImageGroup;
import org.dreamboothactors.protocol.v1.ClassImagesReady;
import org.dreamboothactors.protocol.v1.GenerationRequest;
import org.dreamboothactors.protocol.v1.SampleRequest;
import org.dreamboothactors.protocol.v1.SamplesReady;
import org.dreamboothactors.storage.Stored;

/** Draws what a request asks for: a group of class images, or samples of a model. */
public record DrawPictures(Node node) implements Worker<GenerationRequest> {
    public static final InOrderOfPriority.Kind<GenerationRequest> KIND = new InOrderOfPriority.Kind<>(
            Topics.REG_GENERATION,
            GenerationRequest::getRunId,
            GenerationRequest::getPassedList,
            (request, passed) ->
                    request.toBuilder().clearPassed().addAllPassed(passed).build());

    @Override
    public Outcome work(GenerationRequest request, Device.Turn device, Shift shift) {
        if (request.hasSamples() && node.ended().contains(request.getRunId())) { // somebody waits for them
            return fail(request, "the run was ended before its pictures were drawn");
        }
        return node.withModel(
                request.getRunId(),
                request.getBaseModel(),
                request.getBaseModelDigest(),
                reason -> fail(request, reason),
                model -> work(request, model, device, shift));
    }

    private Outcome work(GenerationRequest request, BaseModel model, Device.Turn device, Shift shift) {
        try {
            return switch (request.getWhatCase()) {
                case CLASS_IMAGES -> classImages(request, request.getClassImages(), model, device, shift);
                case SAMPLES -> samples(request, request.getSamples(), model, device, shift);
                case WHAT_NOT_SET -> fail(request, "the request does not say what to draw");
            };
        } catch (DeviceRefused | UnsupportedOperationException | IllegalArgumentException e) {
            return fail(request, String.valueOf(e.getMessage()));
        }
    }

    private Outcome classImages(
            GenerationRequest request, ClassImageGroup group, BaseModel model, Device.Turn device, Shift shift) {
        ClassImages images = new ClassImages(node.store());
        String prefix = ClassImages.prefix(group, model.digest());
        Optional<List<Stored>> there = images.find(prefix);
        List<Stored> ready = there.isPresent()
                ? there.get()
                : images.announce(prefix, draw(request, group, prefix, model, device, shift));
        node.facts()
                .tell(Events.event(request.getRunId(), "class-images-" + request.getRequestId())
                        .setClassImagesReady(ClassImagesReady.newBuilder()
                                .setRequestId(request.getRequestId())
                                .setGroupIndex(group.getGroupIndex())
                                .addAllImages(ready.stream().map(Wire::message).toList())
                                .setMade(there.isPresent() ? 0 : ready.size())
                                .setReused(there.isPresent() ? ready.size() : 0))
                        .build());
        return new Outcome.Done();
    }

    private List<Stored> draw(
            GenerationRequest request,
            ClassImageGroup group,
            String prefix,
            BaseModel model,
            Device.Turn device,
            Shift shift) {
        long first = (long) group.getGroupIndex() * group.getGroupSize();
        Drawing drawing = Drawings.of(
                Collections.nCopies(group.getGroupSize(), group.getClassPrompt()),
                LongStream.range(first, first + group.getGroupSize()).boxed().toList(),
                group.getSampling());
        String work = request.getRunId() + ": class images " + first + " to " + (first + group.getGroupSize() - 1);
        try (Scratch scratch = node.scratch()) {
            Path out = scratch.folder("out");
            draw(
                    new DeviceCommand.Draw(
                            model.folder(), drawing, out, Optional.empty(), ClassImages.precision(group)),
                    work,
                    device,
                    shift);
            return Pictures.store(node.store(), drawing, out, prefix).stream()
                    .map(sample -> Wire.stored(sample.getImage()))
                    .toList();
        }
    }

    private Outcome samples(
            GenerationRequest request, SampleRequest samples, BaseModel model, Device.Turn device, Shift shift) {
        Optional<Path> folder = samples.getCheckpointStep() == 0
                ? Optional.of(model.folder())
                : new CheckpointCache(node, device.deviceName())
                        .folder(request.getRunId(), samples.getCheckpointStep());
        if (folder.isEmpty()) {
            return fail(
                    request,
                    "run " + request.getRunId() + " has no checkpoint of step " + samples.getCheckpointStep()
                            + ". Ask for a step that was published");
        }
        long seed = samples.getSeed();
        Drawing drawing = Drawings.of(
                samples.getPromptsList(), Drawings.seeds(seed, samples.getPromptsCount()), samples.getSampling());
        try (Scratch scratch = node.scratch()) {
            Path out = scratch.folder("out");
            Optional<AddedLora> lora = lora(samples, scratch);
            draw(
                    new DeviceCommand.Draw(folder.get(), drawing, out, lora, ComputePrecision.AUTO),
                    request.getRunId() + ": samples",
                    device,
                    shift);
            String prefix = RunFolders.samples(request.getRunId()) + request.getRequestId() + "/";
            node.facts()
                    .tell(Events.event(request.getRunId(), "samples-" + request.getRequestId())
                            .setSamplesReady(SamplesReady.newBuilder()
                                    .setRequestId(request.getRequestId())
                                    .setStep(samples.getCheckpointStep())
                                    .addAllSamples(Pictures.store(node.store(), drawing, out, prefix)))
                            .build());
        }
        return new Outcome.Done();
    }

    private Optional<AddedLora> lora(SampleRequest samples, Scratch scratch) {
        if (!samples.hasLora()) {
            return Optional.empty();
        }
        Path file = scratch.file("lora.safetensors");
        new SharedObjects(node.store()).fetchGiven(Wire.stored(samples.getLora().getFile()), file);
        return Optional.of(new AddedLora(file, samples.getLora().getWeight()));
    }

    private static void draw(DeviceCommand.Draw command, String work, Device.Turn device, Shift shift) {
        shift.says(work);
        device.ask(command, progress -> shift.says(work + ", pass " + progress.done() + " of " + progress.total()));
    }

    @Override
    public Outcome fail(GenerationRequest request, String reason) {
        return node.fail(request.getRunId(), Topics.REG_GENERATION, request.getRequestId(), reason);
    }
}
