package org.dreamboothactors.diffusion.conformance;

import ai.djl.ndarray.types.DataType;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.dreamboothactors.diffusion.kernels.Kernels;
import org.dreamboothactors.diffusion.models.AutoencoderKL;
import org.dreamboothactors.diffusion.models.CLIPTextConfig;
import org.dreamboothactors.diffusion.models.CLIPTextModel;
import org.dreamboothactors.diffusion.models.UNet2DConditionModel;
import org.dreamboothactors.diffusion.models.UNetConfig;
import org.dreamboothactors.diffusion.models.VaeConfig;
import org.dreamboothactors.diffusion.weights.TensorSource;
import org.dreamboothactors.diffusion.weights.WeightFiles;
import org.dreamboothactors.diffusion.weights.ldm.ModelFile;
import org.dreamboothactors.diffusion.weights.ldm.Told;
import org.dreamboothactors.diffusion.weights.ldm.Told.TextEnd;
import org.dreamboothactors.diffusion.weights.pickle.LatentFile;

/** Cases of files that others write: what is read from them must be equal, number for number. */
final class FileCases {
    private static final int BF16_SHIFT = 16;

    private FileCases() {}

    /** Every file of the case becomes a diffusers folder, as a base model does, and is compared with the case's. */
    static void model(CaseFolder reference, Comparison compare) throws IOException {
        Path expected = reference.folder("diffusers");
        for (Path file : files(reference)) {
            Path folder = Files.createTempDirectory("conformance");
            try {
                ModelFile model = ModelFile.open(file);
                model.write(folder, told(expected, model));
                load(folder);
                String name = file.getFileName() + " ";
                part(name, UNet2DConditionModel.PART, UnaryOperator.identity(), folder, expected, compare);
                part(name, AutoencoderKL.PART, AutoencoderKL::renamed, folder, expected, compare);
                part(name, CLIPTextModel.PART, CLIPTextModel::renamed, folder, expected, compare);
            } finally {
                delete(folder);
            }
        }
    }

    /** Whatever setting of the case names a file beside it. */
    private static List<Path> files(CaseFolder reference) {
        List<Path> files = new ArrayList<>();
        for (JsonNode setting : reference.settings()) {
            List<JsonNode> names = new ArrayList<>(List.of(setting));
            setting.forEach(names::add);
            names.stream()
                    .filter(JsonNode::isTextual)
                    .filter(name -> name.asText().matches("[\\w./-]+"))
                    .filter(name -> !name.asText().matches(".*\\.(ya?ml|json)")) // what describes a model beside it
                    .map(name -> reference.path().resolve(name.asText()))
                    .filter(Files::isRegularFile)
                    .forEach(files::add);
        }
        if (files.isEmpty()) {
            throw new IllegalArgumentException("Cannot run the case: it names no file beside it, expected some");
        }
        return files;
    }

    /** Tiny models have head counts and norm groups that no file tells; the published ones have those we assume. */
    private static Told told(Path expected, ModelFile model) {
        CLIPTextConfig text = CLIPTextConfig.read(expected.resolve(CLIPTextModel.PART));
        return Told.by(
                UNetConfig.read(expected.resolve(UNet2DConditionModel.PART)),
                VaeConfig.read(expected.resolve(AutoencoderKL.PART)),
                text,
                model.textLayers() == text.layers() ? TextEnd.LAST : TextEnd.PENULTIMATE);
    }

    private static void load(Path folder) {
        try (Kernels kernels = ModelCases.kernels()) {
            UNet2DConditionModel.load(folder.resolve(UNet2DConditionModel.PART), kernels);
            AutoencoderKL.load(folder.resolve(AutoencoderKL.PART), kernels);
            CLIPTextModel.load(folder.resolve(CLIPTextModel.PART), kernels);
        }
    }

    private static void part(
            String file, String part, UnaryOperator<String> rename, Path ours, Path theirs, Comparison compare) {
        SortedMap<String, TensorSource> mine = byName(ours.resolve(part), rename);
        SortedMap<String, TensorSource> wanted = byName(theirs.resolve(part), rename);
        if (mine.size() != wanted.size()) {
            throw new IllegalArgumentException(
                    file + part + " has " + mine.size() + " parameters, expected " + wanted.size());
        }
        wanted.forEach((name, theirsOfName) -> {
            TensorSource tensor = mine.get(name);
            if (tensor == null) {
                throw new IllegalArgumentException(file + part + " has no parameter " + name + ", expected it");
            }
            float[] expected = rounded(theirsOfName.floats(), tensor.type());
            compare.exact(file + part + "." + name, tensor.floats(), expected);
        });
    }

    private static SortedMap<String, TensorSource> byName(Path part, UnaryOperator<String> rename) {
        SortedMap<String, TensorSource> renamed = new TreeMap<>();
        WeightFiles.sources(part).forEach((name, tensor) -> renamed.put(rename.apply(name), tensor));
        renamed.keySet().removeIf(name -> name.endsWith("position_ids"));
        return renamed;
    }

    /** The reference is fp32: a file in half precision holds the nearest such number. */
    private static float[] rounded(float[] numbers, DataType type) {
        float[] rounded = numbers.clone();
        for (int i = 0; i < rounded.length; i++) {
            rounded[i] = switch (type) {
                case FLOAT16 -> Float.float16ToFloat(Float.floatToFloat16(numbers[i]));
                case BFLOAT16 -> bf16(numbers[i]);
                default -> numbers[i];
            };
        }
        return rounded;
    }

    private static float bf16(float number) {
        int bits = Float.floatToRawIntBits(number);
        int odd = (bits >>> BF16_SHIFT) & 1;
        return Float.intBitsToFloat((bits + 0x7fff + odd) >>> BF16_SHIFT << BF16_SHIFT);
    }

    /** Every latent is read, written and read again. */
    static void latents(CaseFolder reference, Comparison compare) throws IOException {
        Path copy = Files.createTempFile("conformance", ".pt");
        try (Stream<Path> files = Files.list(reference.folder("folder"))) {
            for (Path file : files.filter(file -> file.toString().endsWith(".pt"))
                    .sorted()
                    .toList()) {
                String name = String.valueOf(file.getFileName()).replaceFirst("\\.pt$", "");
                Tensor expected = reference.tensor("out." + name);
                LatentFile read = LatentFile.read(file);
                compare.exact(name + " shape", read.shape().getShape(), lengths(expected));
                compare.exact(name, read.moments(), expected.floats());
                read.write(copy);
                compare.exact(name + " written", LatentFile.read(copy).moments(), expected.floats());
            }
        } finally {
            Files.deleteIfExists(copy);
        }
    }

    private static long[] lengths(Tensor tensor) {
        return tensor.shape().stream().mapToLong(Long::longValue).toArray();
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
