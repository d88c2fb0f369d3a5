package org.dreamboothactors.deploy.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.dreamboothactors.deploy.UsageException;
import org.dreamboothactors.protocol.v1.RunSpec;

/**
 * What the models draw for the contact sheet.
 *
 * @param subject prompts of the subject
 * @param ofClass prompts of its class, to see whether the model still knows it
 */
public record SheetPrompts(List<String> subject, List<String> ofClass) {
    private static final String SUBJECT = "{subject}";
    private static final String CLASS = "{class}";
    private static final String PHOTO = "a photo of a ";
    private static final int WATCHED_OF_SUBJECT = 4;
    private static final int WATCHED_OF_CLASS = 2;

    public SheetPrompts {
        subject = List.copyOf(subject);
        ofClass = List.copyOf(ofClass);
    }

    /** Reads one prompt a line; # begins a comment. {subject} and {class} stand for what the run's prompts name. */
    public static SheetPrompts read(Path file, RunSpec spec) {
        String subjectName = without(spec.getInstancePrompt());
        String className = without(spec.getClassPrompt());
        List<String> subject = new ArrayList<>();
        List<String> ofClass = new ArrayList<>();
        try {
            for (String line : Files.readAllLines(file)) {
                String prompt = line.strip();
                if (prompt.isEmpty() || prompt.startsWith("#")) {
                    continue;
                }
                if (prompt.contains(SUBJECT)) {
                    subject.add(prompt.replace(SUBJECT, subjectName));
                } else if (prompt.contains(CLASS) && !className.isEmpty()) {
                    ofClass.add(prompt.replace(CLASS, className));
                } else if (!prompt.contains(CLASS)) {
                    throw new UsageException("Cannot read " + file + ": \"" + prompt + "\" names neither " + SUBJECT
                            + " nor " + CLASS + ", expected one of them");
                }
            }
        } catch (IOException e) {
            throw new UsageException("Cannot read " + file + ": " + e, e);
        }
        return new SheetPrompts(subject, ofClass);
    }

    /** All of them; picture i has the i-th. */
    public List<String> all() {
        List<String> all = new ArrayList<>(subject);
        all.addAll(ofClass);
        return all;
    }

    /** The description with some of them for the trainer's own pictures, which the judge sees, unless it has such prompts. */
    RunSpec watched(RunSpec spec) {
        return spec.getValidation().getPromptsCount() > 0
                ? spec
                : spec.toBuilder()
                        .setValidation(spec.getValidation().toBuilder()
                                .addAllPrompts(subject.subList(0, Math.min(WATCHED_OF_SUBJECT, subject.size())))
                                .addAllPrompts(ofClass.subList(0, Math.min(WATCHED_OF_CLASS, ofClass.size()))))
                        .build();
    }

    private static String without(String prompt) {
        return prompt.startsWith(PHOTO) ? prompt.substring(PHOTO.length()) : prompt;
    }
}
