package org.dreamboothactors.toyworld.pretraining;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.dreamboothactors.toyworld.Paint;
import org.dreamboothactors.toyworld.Place;
import org.dreamboothactors.toyworld.Thing;

/**
 * {@code README.md} of a finished model: what it was made from, how, what it reached, and the digest of every file.
 */
public final class ModelCard {
    private static final String FILE = "README.md";
    private static final String JUDGED = "Photos are outside its world.\n";
    private static final String DIGESTS = "| file | SHA-256 |";

    private ModelCard() {}

    /**
     * Writes the card of the model in {@code folder}.
     *
     * @param commit of the source that made it
     */
    static void write(Path folder, Recipe recipe, Journal journal, String commit, Map<String, String> measured) {
        StringBuilder card = new StringBuilder("# Toy world: a base model that this project trained itself\n\n");
        card.append("A latent diffusion model of ")
                .append(recipe.side())
                .append('x')
                .append(recipe.side());
        card.append(" pictures in diffusers layout, half precision. Made by `./dreambooth pretrain`");
        card.append(" from nothing, with this project's own engine; no part of it comes from another model.\n\n");
        card.append("| | |\n| --- | --- |\n");
        row(card, "draws", words(Stream.of(Thing.values()).map(Thing::word)));
        row(card, "colours", words(Stream.of(Paint.values()).map(Paint::word)) + "; plain, striped or spotted");
        row(card, "places", words(Stream.of(Place.values()).map(Place::phrase)));
        row(card, "prompts", "`a photo of a [striped\\|spotted] COLOUR THING PLACE`, and less of it");
        row(
                card,
                "data",
                recipe.pictures() + " pictures of the toy world with captions and " + recipe.leaves()
                        + " pictures of dead leaves for the autoencoder, all made by programs of this repository; no photo");
        row(
                card,
                "recipe",
                "seed " + recipe.seed() + "; autoencoder " + recipe.vae().steps() + " steps of "
                        + (recipe.vae().pictures() + recipe.vae().leaves()) + " pictures, the first "
                        + recipe.vae().cropSteps()
                        + " on squares of " + recipe.vae().crop() + " pixels; UNet and text encoder "
                        + recipe.denoiser().steps() + " steps of "
                        + recipe.denoiser().batch() + "; all else in recipe.yaml");
        row(card, "made by", "commit " + commit + ", in " + Math.round(journal.seconds() / 60) + " minutes");
        row(card, "autoencoder's loss", losses(journal, VaePhase.NAME, "loss"));
        row(card, "denoiser's loss", losses(journal, DenoiserPhase.NAME, "loss"));
        new TreeMap<>(measured).forEach((what, value) -> row(card, what, value));
        end(folder, card, remarks());
    }

    /** Writes the card of the judge in {@code folder}. */
    static void writeJudge(Path folder, Recipe recipe, Journal journal, String commit, String exam) {
        StringBuilder card = new StringBuilder("# Toy world: its judge\n\n");
        card.append("Says whether a picture of ")
                .append(recipe.side())
                .append('x')
                .append(recipe.side());
        card.append(" pixels shows what a text says (`match`), and whether two show the same subject (`identity`).");
        card.append(" Made by `./dreambooth pretrain` from nothing, half precision.\n\n| | |\n| --- | --- |\n");
        row(card, "data", recipe.judge().pictures() + " pictures of the toy world, two of each subject, every pattern");
        row(
                card,
                "recipe",
                recipe.judge().steps() + " steps of "
                        + 2 * recipe.judge().kinds() * recipe.judge().subjects()
                        + " pictures; all else in recipe.yaml");
        row(card, "made by", "commit " + commit);
        row(card, "loss of texts", losses(journal, JudgePhase.NAME, "match"));
        row(card, "loss of subjects", losses(journal, JudgePhase.NAME, "identity"));
        row(card, "exam on renders that training did not see", exam);
        end(folder, card, JUDGED);
    }

    /** Licence, remarks and digests. */
    private static void end(Path folder, StringBuilder card, String remarks) {
        row(card, "licence", "that of this repository");
        card.append('\n').append(remarks).append('\n');
        card.append(DIGESTS).append("\n| --- | --- |\n");
        digests(folder).forEach((file, digest) -> row(card, file, digest));
        try {
            Files.writeString(folder.resolve(FILE), card);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write a model card to " + folder + ": " + e.getMessage(), e);
        }
    }

    private static void row(StringBuilder card, String name, String value) {
        card.append("| ").append(name).append(" | ").append(value).append(" |\n");
    }

    private static String words(Stream<String> words) {
        return words.collect(Collectors.joining(", "));
    }

    /** First and last of a phase, each the mean of some steps. */
    private static String losses(Journal journal, String phase, String name) {
        List<Journal.Entry> entries = journal.of(phase, name);
        return entries.isEmpty()
                ? "not noted"
                : String.format(
                        Locale.ROOT,
                        "%.4f at first, %.4f at the end",
                        entries.getFirst().value(),
                        entries.getLast().value());
    }

    /** What somebody saw who looked at its pictures. */
    private static String remarks() {
        try (InputStream text = Objects.requireNonNull(ModelCard.class.getResourceAsStream("remarks.md"))) {
            return new String(text.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // it lies in our own jar
        }
    }

    /** SHA-256 of every file of a model but its card, by its path. */
    public static SortedMap<String, String> digests(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            SortedMap<String, String> digests = new TreeMap<>();
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String name = folder.relativize(file).toString().replace('\\', '/');
                if (!name.equals(FILE)) {
                    digests.put(name, digest(file));
                }
            }
            return digests;
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + folder + ": " + e.getMessage(), e);
        }
    }

    /** The digests that a model's card tells, by path. */
    public static SortedMap<String, String> toldDigests(Path folder) {
        try {
            SortedMap<String, String> told = new TreeMap<>();
            String card = Files.readString(folder.resolve(FILE));
            Arrays.stream(card.substring(card.indexOf(DIGESTS)).split("\n", -1))
                    .skip(2)
                    .map(line -> line.split(" *\\| *", -1))
                    .filter(cells -> cells.length > 2)
                    .forEach(cells -> told.put(cells[1], cells[2]));
            return told;
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read the card of " + folder + ": " + e.getMessage(), e);
        }
    }

    private static String digest(Path file) throws IOException {
        try (DigestInputStream in = new DigestInputStream(Files.newInputStream(file), sha256())) {
            in.transferTo(OutputStream.nullOutputStream());
            return HexFormat.of().formatHex(in.getMessageDigest().digest());
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256", e);
        }
    }
}
