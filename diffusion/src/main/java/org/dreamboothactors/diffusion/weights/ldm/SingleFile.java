package org.dreamboothactors.diffusion.weights.ldm;

import ai.djl.ndarray.types.Shape;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.dreamboothactors.diffusion.models.AutoencoderKL;
import org.dreamboothactors.diffusion.models.CLIPTextConfig;
import org.dreamboothactors.diffusion.models.CLIPTextModel;
import org.dreamboothactors.diffusion.models.UNet2DConditionModel;
import org.dreamboothactors.diffusion.models.UNetConfig;
import org.dreamboothactors.diffusion.models.VaeConfig;
import org.dreamboothactors.diffusion.schedulers.SchedulerSettings;
import org.dreamboothactors.diffusion.weights.ExpectedShapes;
import org.dreamboothactors.diffusion.weights.Precision;
import org.dreamboothactors.diffusion.weights.SafetensorsWriter;
import org.dreamboothactors.diffusion.weights.SafetensorsWriter.Entry;
import org.dreamboothactors.diffusion.weights.TensorSource;
import org.dreamboothactors.diffusion.weights.WeightFiles;

/**
 * Writes a diffusers folder as one safetensors file in the original names, as ComfyUI, A1111 and diffusers'
 * {@code from_single_file} load it.
 */
public final class SingleFile {
    private final Path folder;
    private final Precision precision;
    private final SortedMap<String, Entry> entries = new TreeMap<>();

    private SingleFile(Path folder, Precision precision) {
        this.folder = folder;
        this.precision = precision;
    }

    /**
     * Writes {@code file}; an existing one is replaced, whole or not at all. Throws {@link IllegalArgumentException} for
     * a tensor that is missing, misshaped, not finite or, in fp16, too large.
     */
    public static void write(Path folder, Path file, Precision precision, ModelSpec spec) {
        SingleFile target = new SingleFile(folder, precision);
        UNetConfig unet = UNetConfig.read(folder.resolve(UNet2DConditionModel.PART));
        VaeConfig vae = VaeConfig.read(folder.resolve(AutoencoderKL.PART));
        CLIPTextConfig text = CLIPTextConfig.read(folder.resolve(CLIPTextModel.PART));
        target.add(
                UNet2DConditionModel.PART,
                UNet2DConditionModel.shapes(unet),
                UnaryOperator.identity(),
                new UNetNames(unet));
        target.add(
                AutoencoderKL.PART,
                AutoencoderKL.shapes(vae),
                AutoencoderKL::renamed,
                new VaeNames(vae.channels().size()));
        target.add(
                CLIPTextModel.PART,
                CLIPTextModel.shapes(text),
                CLIPTextModel::renamed,
                text.quickGelu() ? TextNames.TRANSFORMERS : TextNames.OPEN_CLIP);
        SchedulerSettings scheduler =
                SchedulerSettings.read(folder.resolve("scheduler").resolve("scheduler_config.json"));
        Map<String, String> metadata = spec.metadata(unet.sampleSize(), vae, text, scheduler.prediction());
        metadata.put(OwnMetadata.KEY, OwnMetadata.of(unet, vae, text, scheduler));
        SafetensorsWriter.write(target.entries, metadata, file);
    }

    private void add(String part, ExpectedShapes expected, UnaryOperator<String> rename, PartNames names) {
        Map<String, TensorSource> stored = new TreeMap<>();
        WeightFiles.sources(folder.resolve(part)).forEach((name, tensor) -> stored.put(rename.apply(name), tensor));
        SortedMap<String, SortedMap<Integer, TensorSource>> joined = new TreeMap<>();
        for (Map.Entry<String, Shape> wanted : expected.byName().entrySet()) {
            TensorSource tensor = fitting(part, wanted.getKey(), wanted.getValue(), stored);
            LdmPlace place = names.place(wanted.getKey());
            joined.computeIfAbsent(place.name(), name -> new TreeMap<>()).put(place.part(), tensor);
        }
        joined.forEach((name, parts) -> {
            List<TensorSource> inOrder = List.copyOf(parts.values());
            entries.put(name, Entry.of(inOrder, joinedShape(part, inOrder), precision.type()));
        });
    }

    private TensorSource fitting(String part, String name, Shape wanted, Map<String, TensorSource> stored) {
        TensorSource tensor = stored.get(name);
        if (tensor == null) {
            throw refused(part, name + " is missing", wanted.toString());
        }
        TensorSource linear = tensor.shape().dimension() == wanted.dimension() ? tensor : tensor.asLinear();
        if (!linear.shape().equals(wanted) || !tensor.type().isFloating()) {
            throw refused(
                    part,
                    name + " is " + tensor.type() + " " + tensor.shape(),
                    "floats " + wanted + " as config.json says");
        }
        return linear;
    }

    /** Of equal parts along the first axis; the VAE's attention has 1x1 convolutions in original files. */
    private static Shape joinedShape(String part, List<TensorSource> parts) {
        long[] sizes = parts.getFirst().shape().getShape().clone();
        sizes[0] *= parts.size();
        boolean pointwise = part.equals(AutoencoderKL.PART) && sizes.length == 2;
        return pointwise ? new Shape(sizes[0], sizes[1], 1, 1) : new Shape(sizes);
    }

    private IllegalArgumentException refused(String part, String what, String expected) {
        return new IllegalArgumentException(
                "Cannot write " + folder.resolve(part) + " as one file: " + what + ", expected " + expected);
    }
}
