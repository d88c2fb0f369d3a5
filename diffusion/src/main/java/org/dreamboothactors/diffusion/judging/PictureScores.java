package org.dreamboothactors.diffusion.judging;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.dreamboothactors.diffusion.judging.Opinion.Seen;

/**
 * What a judge says of pictures that one model drew, -1 to 1 each. Subject and prompt fidelity are those of the DreamBooth
 * paper (Ruiz et al. 2023, section 4.1); whether a number is good shows beside the base model's.
 *
 * @param subjectFidelity mean nearness of the subject's pictures to its photos
 * @param promptFidelity mean nearness of the subject's pictures to their prompts
 * @param classLikeness mean nearness of the class's pictures to the subject's photos: the class becomes the subject where
 *     this grows; empty without pictures of the class
 * @param diversity mean distance (1 - nearness) between what the subject's pictures show; empty with fewer than two
 */
public record PictureScores(
        double subjectFidelity, double promptFidelity, Optional<Double> classLikeness, Optional<Double> diversity) {

    /**
     * A picture of the subject.
     *
     * @param text what its prompt says in words that the judge knows, as the judge reads it
     */
    @SuppressWarnings("ArrayRecordComponent") // a vector, compared by its dot products
    public record Shown(Seen picture, float[] text) {}

    /**
     * Puts together what the judge saw.
     *
     * @param photos of the subject, at least one
     * @param subject pictures of it, at least one
     * @param ofClass pictures of others of its class
     */
    public static PictureScores of(List<Seen> photos, List<Shown> subject, List<Seen> ofClass) {
        List<Seen> seen = subject.stream().map(Shown::picture).toList();
        double prompt = subject.stream()
                .mapToDouble(shown -> Opinion.dot(shown.picture().match(), shown.text()))
                .average()
                .orElseThrow();
        return new PictureScores(
                Opinion.likeness(seen, photos),
                prompt,
                ofClass.isEmpty() ? Optional.empty() : Optional.of(Opinion.likeness(ofClass, photos)),
                diversity(seen));
    }

    /** Whether all of it is numbers; with a judge that is broken it may not be. */
    public boolean allFinite() {
        return Double.isFinite(subjectFidelity + promptFidelity + classLikeness.orElse(0.0) + diversity.orElse(0.0));
    }

    /** How much nearer the class has come to the subject since {@code base}. */
    public Optional<Double> classDrift(PictureScores base) {
        return classLikeness.flatMap(now -> base.classLikeness.map(before -> now - before));
    }

    /**
     * What training won of the subject, less what it lost of prompts and class. Diversity has no part in it: pictures of
     * one subject are more alike than those of many.
     */
    public double gain(PictureScores base) {
        return subjectFidelity
                - base.subjectFidelity
                - Math.max(0, base.promptFidelity - promptFidelity)
                - Math.max(0, classDrift(base).orElse(0.0));
    }

    private static Optional<Double> diversity(List<Seen> pictures) {
        List<Double> distances = new ArrayList<>();
        for (int i = 0; i < pictures.size(); i++) {
            for (int j = 0; j < i; j++) {
                distances.add(
                        1 - Opinion.dot(pictures.get(i).match(), pictures.get(j).match()));
            }
        }
        return distances.isEmpty()
                ? Optional.empty()
                : Optional.of(distances.stream()
                        .mapToDouble(distance -> distance)
                        .average()
                        .orElseThrow());
    }
}
