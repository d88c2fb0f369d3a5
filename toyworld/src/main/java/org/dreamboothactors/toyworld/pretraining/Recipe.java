package org.dreamboothactors.toyworld.pretraining;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.dreamboothactors.toyworld.Thing;

/**
 * All that decides what a pretraining makes. The recipe in {@code recipe.yaml} lies beside this
 * class; its comments say what the numbers are for.
 *
 * @param minutes that the recipe takes on two processor cores, about
 * @param side of a picture, in pixels
 * @param pictures of the toy world
 * @param leaves pictures of dead leaves
 * @param tokens that a caption becomes
 * @param noteEvery steps between two lines of the journal
 * @param saveEvery steps between two states
 * @param models configurations by folder: diffusers' vae, unet, text_encoder and scheduler, and the judge's two towers
 */
public record Recipe(
        long seed,
        double minutes,
        int side,
        int pictures,
        int leaves,
        int tokens,
        int noteEvery,
        int saveEvery,
        Autoencoder vae,
        Denoiser denoiser,
        Judging judge,
        JsonNode models) {
    private static final YAMLMapper YAML = YAMLMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .build();

    /** What the latents' statistics are taken from, and the smallest pool of pictures. */
    static final int FEWEST_PICTURES = 8;

    /** Two pictures of one subject of each kind. */
    static final int FEWEST_JUDGED = 2 * Thing.values().length;

    /**
     * How fast weights move.
     *
     * @param warmupSteps in which the rate rises
     * @param fall share of the steps, at the end, in which it falls
     */
    public record Rate(double base, int warmupSteps, double fall, double weightDecay) {}

    /**
     * The first phase.
     *
     * @param cropSteps of {@code steps}, the first ones, see squares of {@code crop} pixels: more steps in the same time
     * @param pictures of the toy world in a step
     * @param leaves pictures of dead leaves in a step
     * @param edges weight of the error of differences between neighbours
     * @param divergence weight of a nat
     */
    public record Autoencoder(
            int steps, int cropSteps, int crop, int pictures, int leaves, Rate rate, double edges, double divergence) {}

    /**
     * The second phase.
     *
     * @param ema decay of the averages
     * @param snrGamma of min-SNR weighting
     * @param empty share of captions that are left out
     * @param nonsense share of captions with a nonsense word before the thing
     * @param sheetEvery steps between two sheets
     */
    public record Denoiser(
            int steps,
            int batch,
            Rate rate,
            double ema,
            double snrGamma,
            double empty,
            double nonsense,
            int sheetEvery) {}

    /**
     * The judge, which learns from pictures of its own.
     *
     * @param pictures two of each subject
     * @param kinds of things in a step
     * @param subjects of a kind in a step, two pictures each
     * @param ema decay of the averages
     */
    public record Judging(int pictures, int steps, int kinds, int subjects, Rate rate, double ema) {}

    /** The recipe that is part of the program. */
    public static Recipe bundled() {
        try (InputStream yaml = Objects.requireNonNull(Recipe.class.getResourceAsStream("recipe.yaml"))) {
            return YAML.readValue(yaml, Recipe.class);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // it lies in our own jar
        }
    }

    /** Reads a file; an unknown or missing key is an error. */
    public static Recipe read(Path file) {
        try {
            return YAML.readValue(Files.readString(file), Recipe.class);
        } catch (IOException e) {
            throw new IllegalArgumentException("Cannot read recipe " + file + ": " + e.getMessage(), e);
        }
    }

    /** Writes the recipe as {@link #read} reads it. */
    void write(Path file) throws IOException {
        YAML.writeValue(file.toFile(), this);
    }

    /** The whole recipe in less time, or more: steps and pictures in proportion. */
    public Recipe scaledTo(double newMinutes) {
        if (!(newMinutes > 0 && Double.isFinite(newMinutes))) {
            throw new IllegalArgumentException("Cannot pretrain in " + newMinutes + " minutes, expected more than 0");
        }
        double share = newMinutes / minutes;
        return new Recipe(
                seed,
                newMinutes,
                side,
                Math.max(FEWEST_PICTURES, scaled(pictures, share)),
                Math.max(FEWEST_PICTURES, scaled(leaves, share)),
                tokens,
                Math.min(noteEvery, scaled(noteEvery, share)),
                saveEvery,
                new Autoencoder(
                        scaled(vae.steps, share),
                        Math.min(scaled(vae.cropSteps, share), scaled(vae.steps, share)),
                        vae.crop,
                        vae.pictures,
                        vae.leaves,
                        scaled(vae.rate, share),
                        vae.edges,
                        vae.divergence),
                new Denoiser(
                        scaled(denoiser.steps, share),
                        denoiser.batch,
                        scaled(denoiser.rate, share),
                        denoiser.ema,
                        denoiser.snrGamma,
                        denoiser.empty,
                        denoiser.nonsense,
                        scaled(denoiser.sheetEvery, share)),
                new Judging(
                        Math.max(FEWEST_JUDGED, scaled(judge.pictures, share)),
                        scaled(judge.steps, share),
                        judge.kinds,
                        judge.subjects,
                        scaled(judge.rate, share),
                        judge.ema),
                models);
    }

    private static int scaled(int number, double share) {
        return Math.max(1, (int) Math.round(number * share));
    }

    private static Rate scaled(Rate rate, double share) {
        return new Rate(rate.base, scaled(rate.warmupSteps, Math.min(1, share)), rate.fall, rate.weightDecay);
    }
}
