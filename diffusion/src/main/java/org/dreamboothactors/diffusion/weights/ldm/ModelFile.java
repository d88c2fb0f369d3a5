package org.dreamboothactors.diffusion.weights.ldm;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import org.dreamboothactors.diffusion.weights.Safetensors;
import org.dreamboothactors.diffusion.weights.TensorSource;
import org.dreamboothactors.diffusion.weights.archive.FileSlice;
import org.dreamboothactors.diffusion.weights.archive.TarMembers;
import org.dreamboothactors.diffusion.weights.pickle.TorchFile;

/**
 * A whole Stable Diffusion 1.x or 2.x model in one file: original names in {@code .safetensors} or {@code .ckpt}, or a
 * {@code .nemo} archive. What it is is decided by its content, never by its ending.
 */
public final class ModelFile {
    private static final int HEAD_BYTES = 4;
    private static final int ZIP = 0x04034b50;
    private static final int GZIP = 0x8b1f;
    private static final int PROTOCOL = 0x80;
    private static final int NEWEST_PROTOCOL = 5;
    /** MARK, GLOBAL, INST, empty and marked collections, numbers and texts. */
    private static final String TEXT_OPCODES = "(ci]})ldtSVIFLN";

    private static final byte STOP = '.';
    private static final int LOW_HALF = 0xffff;
    /** Steps of the published 2.0 model that predicts the noise; diffusers tells it from the others by them. */
    private static final long STEPS_OF_SD2_BASE = 875_000;

    private final Path file;
    private final Shapes shapes;
    private final Told told;
    private final Optional<String> prediction;
    private final boolean zeroTerminalSnr;
    private final OptionalLong steps;

    private ModelFile(
            Path file,
            SortedMap<String, TensorSource> stored,
            Told told,
            Optional<String> prediction,
            OptionalLong steps) {
        this.file = file;
        this.shapes = new Shapes(String.valueOf(file), CanonicalNames.of(stored));
        this.told = told;
        this.prediction = stored.containsKey("v_pred") ? Optional.of("v_prediction") : prediction;
        this.zeroTerminalSnr = stored.containsKey("ztsnr"); // beside v_pred: names that ComfyUI and A1111 look for
        this.steps = steps;
    }

    /**
     * Opens a file; its numbers stay in it. An original {@code .yaml} of the same name beside it is read as well.
     *
     * <p>Throws {@link IllegalArgumentException} for a file that is not sound, or a pickle that is not only data.
     */
    public static ModelFile open(Path file) {
        try {
            FileSlice whole = FileSlice.of(file);
            int head = whole.sizeBytes() < HEAD_BYTES
                    ? 0
                    : whole.read(0, HEAD_BYTES).getInt();
            if (head == ZIP) {
                TorchFile torch = TorchFile.open(whole);
                return new ModelFile(file, torch.tensors(), beside(file), Optional.empty(), torch.globalStep());
            }
            if (TarMembers.isTar(whole)) {
                NemoArchive nemo = NemoArchive.open(whole);
                SortedMap<String, TensorSource> tensors = nemo.weights().tensors();
                return new ModelFile(file, tensors, nemo.told(), Optional.empty(), OptionalLong.empty());
            }
            if ((head & LOW_HALF) == GZIP) {
                throw refused(file, "packed by gzip", "Unpack it first");
            }
            if (isPickle(whole)) {
                throw refused(
                        file,
                        "a bare pickle, as a PyTorch before 1.6 wrote them or somebody by hand",
                        "It is not opened, because a pickle is a program; ask for safetensors, or save it again with a"
                                + " newer PyTorch where you trust it");
            }
            Safetensors safetensors = Safetensors.open(file);
            return new ModelFile(
                    file,
                    safetensors.sources(),
                    OwnMetadata.told(safetensors.metadata(), file.toString()).or(beside(file)),
                    prediction(safetensors.metadata()),
                    OptionalLong.empty());
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    private static IllegalArgumentException refused(Path file, String what, String advice) {
        return new IllegalArgumentException("Cannot read " + file + ": it is " + what
                + ", expected a safetensors, a zip file of torch.save or an uncompressed .nemo. " + advice);
    }

    /** Protocol 2 and later say so; earlier ones are text that begins with a few opcodes and ends with STOP. */
    private static boolean isPickle(FileSlice file) throws IOException {
        if (file.sizeBytes() < HEAD_BYTES) {
            return false;
        }
        int first = Byte.toUnsignedInt(file.read(0, 1).get());
        int second = file.read(1, 1).get();
        boolean binary = first == PROTOCOL && second >= 2 && second <= NEWEST_PROTOCOL;
        boolean text = TEXT_OPCODES.indexOf(first) >= 0
                && file.read(file.sizeBytes() - 1, 1).get() == STOP;
        return binary || text;
    }

    /** Where the original configuration of a model lies, should there be one. */
    public static Path yamlBeside(Path file) {
        return file.resolveSibling(String.valueOf(file.getFileName()).replaceFirst("\\.[^.]*$", "") + ".yaml");
    }

    private static Told beside(Path file) throws IOException {
        Path yaml = yamlBeside(file);
        if (!Files.isRegularFile(yaml)) {
            return Told.nothing();
        }
        if (Files.size(yaml) > OriginalConfig.LARGEST) {
            throw new IllegalArgumentException("Cannot read " + yaml + ": it has " + Files.size(yaml)
                    + " bytes, expected at most " + OriginalConfig.LARGEST);
        }
        return OriginalConfig.read(Files.readAllBytes(yaml), yaml.toString());
    }

    private static Optional<String> prediction(Map<String, String> metadata) {
        return Optional.ofNullable(metadata.get("modelspec.prediction_type")).flatMap(type -> switch (type) {
            case "epsilon" -> Optional.of("epsilon");
            case "v" -> Optional.of("v_prediction");
            default -> Optional.empty();
        });
    }

    /** Layers of the text encoder in the file; Stable Diffusion 2.x never runs the last. */
    public int textLayers() {
        return TextLayout.of(shapes).layers();
    }

    /** How many tokens the text encoder knows. */
    public int vocabulary() {
        TextNames names = TextLayout.of(shapes).names();
        return shapes.axis(
                names.place("text_model.embeddings.token_embedding.weight").name(), 0);
    }

    /** Whether the text encoder is one of OpenCLIP, as those of Stable Diffusion 2.x are. */
    public boolean isOpenClip() {
        return TextLayout.of(shapes).isOpenClip();
    }

    /** Writes a diffusers folder without a tokenizer; see {@link #write(Path, Told)}. */
    public List<String> write(Path folder) {
        return write(folder, Told.nothing());
    }

    /**
     * Writes a diffusers folder without a tokenizer, in the precision of the file; throws
     * {@link IllegalArgumentException} for a tensor that is missing, left over, misshaped or not finite and
     * {@link UnsupportedOperationException} for a model of another kind. What was written by then stays.
     *
     * @param folder filled, and made when absent
     * @param besides tells what the file does not
     * @return what nothing told and was assumed, in words
     */
    public List<String> write(Path folder, Told besides) {
        Told all = told.or(besides);
        Assumptions assumed = new Assumptions();
        String predicts = prediction(all, assumed);
        new FolderWriter(folder, shapes, all, zeroTerminalSnr).write(predicts, assumed);
        return assumed.words();
    }

    private String prediction(Told all, Assumptions assumed) {
        Optional<String> known = all.scheduler()
                .map(scheduler -> scheduler.path("prediction_type").asText("epsilon"))
                .or(all::prediction)
                .or(() -> prediction);
        if (known.isPresent()) {
            return known.get();
        }
        if (TextLayout.of(shapes).names() == TextNames.TRANSFORMERS
                || steps.equals(OptionalLong.of(STEPS_OF_SD2_BASE))) {
            return "epsilon";
        }
        assumed.add("v-prediction, as of Stable Diffusion 2.x at 768 pixels");
        return "v_prediction";
    }

    @Override
    public String toString() {
        return file + " (" + shapes.tensors().size() + " tensors)";
    }
}
