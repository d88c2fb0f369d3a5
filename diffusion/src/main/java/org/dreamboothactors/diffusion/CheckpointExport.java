package org.dreamboothactors.diffusion;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.dreamboothactors.diffusion.kernels.Kernels;
import org.dreamboothactors.diffusion.lora.AddedLora;
import org.dreamboothactors.diffusion.lora.LoraMerge;
import org.dreamboothactors.diffusion.models.AutoencoderKL;
import org.dreamboothactors.diffusion.models.CLIPTextModel;
import org.dreamboothactors.diffusion.models.UNet2DConditionModel;
import org.dreamboothactors.diffusion.training.CheckpointFolder;
import org.dreamboothactors.diffusion.training.CheckpointFolder.PartWriter;
import org.dreamboothactors.diffusion.weights.Precision;
import org.dreamboothactors.diffusion.weights.Safetensors;
import org.dreamboothactors.diffusion.weights.SafetensorsWriter;
import org.dreamboothactors.diffusion.weights.SafetensorsWriter.Entry;
import org.dreamboothactors.diffusion.weights.TensorSource;
import org.dreamboothactors.diffusion.weights.WeightFiles;
import org.dreamboothactors.diffusion.weights.Weights;
import org.dreamboothactors.diffusion.weights.ldm.ModelSpec;
import org.dreamboothactors.diffusion.weights.ldm.SingleFile;

/** Writes a diffusers folder anew for other programs. The tensors stream: memory holds none of them whole. */
public final class CheckpointExport {
    private CheckpointExport() {}

    /** The same folder in another precision; {@code target} is made when absent. */
    public static void diffusers(Path folder, Path target, Precision precision) {
        SortedMap<String, PartWriter> writers = new TreeMap<>();
        for (String part : List.of(UNet2DConditionModel.PART, AutoencoderKL.PART, CLIPTextModel.PART)) {
            writers.put(part, file -> part(folder.resolve(part), file, precision));
        }
        CheckpointFolder.write(folder, target, writers);
    }

    /** The same folder with adapters added to its weights, fp32; {@code target} is made when absent. */
    public static void withLora(Path folder, Path target, AddedLora lora) {
        try (Kernels kernels = Kernels.open(Runtime.getRuntime().availableProcessors())) {
            List<Weights> parts = List.of(
                    CLIPTextModel.load(folder.resolve(CLIPTextModel.PART), kernels)
                            .weights(),
                    UNet2DConditionModel.load(folder.resolve(UNet2DConditionModel.PART), kernels)
                            .weights());
            LoraMerge.into(parts, lora, kernels);
            SortedMap<String, PartWriter> writers = new TreeMap<>();
            for (Weights part : parts) {
                writers.put(part.part(), file -> Safetensors.write(part.byName(), Map.of("format", "pt"), file));
            }
            CheckpointFolder.write(folder, target, writers);
        }
    }

    private static void part(Path part, Path file, Precision precision) {
        SortedMap<String, Entry> entries = new TreeMap<>();
        for (Map.Entry<String, TensorSource> tensor : WeightFiles.sources(part).entrySet()) {
            TensorSource source = tensor.getValue();
            if (source.type().isFloating()) { // older files have a table of positions, which no reader wants
                entries.put(tensor.getKey(), Entry.of(List.of(source), source.shape(), precision.type()));
            }
        }
        SafetensorsWriter.write(entries, Map.of("format", "pt"), file);
    }

    /** One file in the original names, as ComfyUI, A1111 and diffusers' {@code from_single_file} load it. */
    public static void singleFile(Path folder, Path file, Precision precision, ModelSpec spec) {
        SingleFile.write(folder, file, precision, spec);
    }
}
