package org.dreamboothactors.actors.trainer;

import java.nio.file.Path;
import org.dreamboothactors.actors.device.DeviceCommand;
import org.dreamboothactors.actors.work.Drawings;
import org.dreamboothactors.actors.work.Pictures;
import org.dreamboothactors.actors.work.RunFolders;
import org.dreamboothactors.actors.work.Scratch;
import org.dreamboothactors.diffusion.Drawing;
import org.dreamboothactors.protocol.Events;
import org.dreamboothactors.protocol.v1.SamplesReady;
import org.dreamboothactors.protocol.v1.Validation;

/**
 * Pictures of the model in training, and what the judge says of them: before the first step, every so often, with each
 * checkpoint, and after the last step.
 */
record Validations(Workplace place, RunInWork run, Judging judging) {

    void drawIfDue(long step) {
        if (isDue(step)) {
            draw(step);
        }
    }

    private boolean isDue(long step) {
        return run.spec().getValidation().getPromptsCount() > 0
                && (step == 0
                        || step == run.maxSteps()
                        || isMultiple(step, run.spec().getValidation().getEverySteps())
                        || isMultiple(step, run.spec().getTraining().getCheckpointEvery()));
    }

    private static boolean isMultiple(long step, int every) {
        return every > 0 && step % every == 0;
    }

    private void draw(long step) {
        Validation validation = run.spec().getValidation();
        long seed = validation.getSeed();
        Drawing drawing = drawing(validation, seed);
        Path out = place.scratch().folder("validation-" + step);
        String work = run.runId() + ": pictures of step " + step;
        place.shift().says(work);
        place.device()
                .ask(
                        new DeviceCommand.DrawTrained(drawing, out),
                        progress -> place.shift().says(work + ", pass " + progress.done() + " of " + progress.total()));
        String prefix = RunFolders.samples(run.runId()) + "validation-" + step + "/";
        place.node()
                .facts()
                .tell(Events.event(run.runId(), "validation-" + step)
                        .setSamplesReady(SamplesReady.newBuilder()
                                .setStep(step)
                                .addAllSamples(Pictures.store(place.node().store(), drawing, out, prefix)))
                        .build());
        judging.judge(step, drawing.prompts(), out);
        Scratch.delete(out);
    }

    private static Drawing drawing(Validation validation, long seed) {
        try {
            return Drawings.of(
                    validation.getPromptsList(),
                    Drawings.seeds(seed, validation.getPromptsCount()),
                    validation.getSampling());
        } catch (UnsupportedOperationException e) { // a sampler that does not exist
            throw new InvalidRun(new IllegalArgumentException(e.getMessage(), e));
        } catch (IllegalArgumentException e) {
            throw new InvalidRun(e);
        }
    }
}
