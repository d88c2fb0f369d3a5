package org.dreamboothactors.diffusion.judging;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.dreamboothactors.diffusion.images.RgbImage;
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
     * @param text its prompt in words that the judge knows: without the identifier
     */
    public record Shown(RgbImage picture, String text) {}

    /**
     * Judges them.
     *
     * @param photos of the subject, at least one
     * @param subject pictures of it, at least one
     * @param ofClass pictures of others of its class
     */
    public static PictureScores of(
            Opinion opinion, List<RgbImage> photos, List<Shown> subject, List<RgbImage> ofClass) {
        List<Seen> known = opinion.see(photos);
        List<Seen> seen = opinion.see(subject.stream().map(Shown::picture).toList());
        List<float[]> texts = opinion.read(subject.stream().map(Shown::text).toList());
        double prompt = 0;
        for (int i = 0; i < texts.size(); i++) {
            prompt += Opinion.dot(seen.get(i).match(), texts.get(i)) / texts.size();
        }
        return new PictureScores(
                likeness(seen, known),
                prompt,
                ofClass.isEmpty() ? Optional.empty() : Optional.of(likeness(opinion.see(ofClass), known)),
                diversity(seen));
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

    private static double likeness(List<Seen> pictures, List<Seen> photos) {
        return pictures.stream()
                .flatMap(picture -> photos.stream().map(photo -> Opinion.dot(picture.identity(), photo.identity())))
                .mapToDouble(nearness -> nearness)
                .average()
                .orElseThrow();
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
