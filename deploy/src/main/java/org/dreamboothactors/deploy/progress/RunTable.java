package org.dreamboothactors.deploy.progress;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.dreamboothactors.protocol.v1.RunEvent;

/** Folds the events of all runs, those of one run in order, into the lines of a table. Not thread-safe. */
public final class RunTable {
    private static final List<String> HEAD = List.of("RUN", "STATE", "STEP", "AGE", "PROMPT");

    private final Map<String, Row> rows = new HashMap<>();

    /** What is known of a run. An ended run stays as it ended, whatever is told later. */
    private record Row(
            String run, String state, boolean over, long step, long maxSteps, long askedAtMs, String prompt) {
        static Row of(String run) {
            return new Row(run, "requested", false, 0, 0, 0, "");
        }

        Row after(RunEvent event) {
            return switch (event.getFactCase()) {
                case REQUESTED -> {
                    var upload = event.getRequested().getUpload();
                    yield new Row(
                            run,
                            state,
                            over,
                            step,
                            upload.getSpec().getTraining().getMaxSteps(),
                            event.getAtMs(),
                            upload.getSpec().getInstancePrompt());
                }
                case ACCEPTED -> going("preparing", step);
                case TRAINING_TAKEN -> going("training", step);
                case TRAINING_STARTED ->
                    going("training", event.getTrainingStarted().getFromStep());
                case STEP_PROGRESS -> going("training", event.getStepProgress().getStep());
                case TRAINING_QUEUED -> going("waiting", step);
                case TRAINING_YIELDED ->
                    going("waiting", event.getTrainingYielded().getStep());
                case CHECKPOINT_PUBLISHED ->
                    going("training", event.getCheckpointPublished().getStep());
                case READY -> over("ready", event.getReady().getStep());
                case REJECTED -> over("rejected", step);
                case FAILED -> over("failed", step);
                case CANCELLED -> over("cancelled", step);
                case ERASED -> new Row(run, "erased", true, step, maxSteps, askedAtMs, prompt);
                case PHOTO_JUDGED,
                        WORK_REQUESTED,
                        LATENTS_CACHED,
                        CLASS_IMAGES_READY,
                        STEPS_COMMITTED,
                        SAMPLES_READY,
                        JUDGED,
                        DRAW_REQUESTED,
                        CHECKPOINT_VERIFIED,
                        ERASE_REQUESTED,
                        WORK_FAILED,
                        FACT_NOT_SET -> this;
            };
        }

        private Row going(String now, long atStep) {
            return over ? this : new Row(run, now, false, atStep, maxSteps, askedAtMs, prompt);
        }

        private Row over(String now, long atStep) {
            return over ? this : new Row(run, now, true, atStep, maxSteps, askedAtMs, prompt);
        }

        List<String> cells(Instant now, int promptWidth) {
            String age = Spans.text(Duration.between(Instant.ofEpochMilli(askedAtMs), now));
            return List.of(run, state, step + "/" + maxSteps, age, cut(prompt, promptWidth));
        }

        private static String cut(String text, int width) {
            String line = text.replaceAll("\\p{Cntrl}", "?");
            return line.length() <= width ? line : line.substring(0, width - 3) + "...";
        }
    }

    public void hear(RunEvent event) {
        String run = event.getRunId();
        rows.put(run, rows.getOrDefault(run, Row.of(run)).after(event));
    }

    /** The head and a line for each run, the newest last, in columns with two spaces between them. */
    public List<String> lines(Instant now, int promptWidth) {
        List<List<String>> cells = new ArrayList<>(List.of(HEAD));
        rows.values().stream()
                .sorted(Comparator.comparingLong(Row::askedAtMs).thenComparing(Row::run))
                .forEach(row -> cells.add(row.cells(now, promptWidth)));
        int[] widths = new int[HEAD.size()];
        cells.forEach(line -> {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], line.get(i).length());
            }
        });
        return cells.stream().map(line -> padded(line, widths)).toList();
    }

    private static String padded(List<String> cells, int[] widths) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            line.append(cells.get(i)).append(" ".repeat(widths[i] - cells.get(i).length() + 2));
        }
        return line.toString().stripTrailing();
    }
}
