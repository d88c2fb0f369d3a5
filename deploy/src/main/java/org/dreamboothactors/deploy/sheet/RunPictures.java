package org.dreamboothactors.deploy.sheet;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.dreamboothactors.deploy.sheet.ContactSheet.Cell;
import org.dreamboothactors.deploy.sheet.ContactSheet.Row;
import org.dreamboothactors.diffusion.images.Preview;
import org.dreamboothactors.protocol.v1.RunEvent;
import org.dreamboothactors.protocol.v1.Sample;
import org.dreamboothactors.protocol.v1.SamplesReady;
import org.dreamboothactors.protocol.v1.StoredObject;

/** Finds in a run's events the pictures of its contact sheet. */
public final class RunPictures {
    private final List<RunEvent> events;
    private final Function<StoredObject, byte[]> fetch;

    /** {@code fetch} brings the content of a stored picture. */
    public RunPictures(List<RunEvent> events, Function<StoredObject, byte[]> fetch) {
        this.events = List.copyOf(events);
        this.fetch = fetch;
    }

    /**
     * The rows from photos to class pictures.
     *
     * @param base request that the base model answered; prompts of subject and class
     * @param personalised the same prompts and seeds, answered by the checkpoint
     * @param classPrompts tell class pictures from pictures of the subject
     */
    public List<Row> rows(String base, String personalised, Set<String> classPrompts) {
        Map<String, SamplesReady> answers = new HashMap<>();
        List<Cell> photos = new ArrayList<>();
        for (RunEvent event : events) {
            switch (event.getFactCase()) {
                case SAMPLES_READY -> answers.put(event.getSamplesReady().getRequestId(), event.getSamplesReady());
                case ACCEPTED -> event.getAccepted().getImagesList().forEach(image -> photos.add(cell("", image)));
                default -> {
                    // no picture in it
                }
            }
        }
        SamplesReady before = answers.getOrDefault(base, SamplesReady.getDefaultInstance());
        SamplesReady after = answers.getOrDefault(personalised, SamplesReady.getDefaultInstance());
        String step = " (step " + after.getStep() + ")";
        return List.of(
                new Row("Photos of the subject", photos),
                new Row("Base model, same prompts and seeds", subject(before, classPrompts)),
                new Row("Personalised model" + step, subject(after, classPrompts)),
                new Row("Class, base model", ofClass(before, classPrompts)),
                new Row("Class, personalised model" + step, ofClass(after, classPrompts)));
    }

    private List<Cell> subject(SamplesReady answer, Set<String> classPrompts) {
        return answer.getSamplesList().stream()
                .filter(sample -> !classPrompts.contains(sample.getPrompt()))
                .map(this::cell)
                .toList();
    }

    private List<Cell> ofClass(SamplesReady answer, Set<String> classPrompts) {
        return answer.getSamplesList().stream()
                .filter(sample -> classPrompts.contains(sample.getPrompt()))
                .map(this::cell)
                .toList();
    }

    private Cell cell(Sample sample) {
        return cell(sample.getPrompt() + ", seed " + sample.getSeed(), sample.getImage());
    }

    private Cell cell(String caption, StoredObject object) {
        try {
            return new Cell(caption, Preview.read(fetch.apply(object), 2 * ContactSheet.CELL));
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot show " + object.getKey() + ": " + e.getMessage(), e);
        }
    }
}
