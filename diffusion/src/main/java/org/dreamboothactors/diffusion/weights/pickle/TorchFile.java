package org.dreamboothactors.diffusion.weights.pickle;

import ai.djl.ndarray.types.DataType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.dreamboothactors.diffusion.weights.TensorSource;
import org.dreamboothactors.diffusion.weights.archive.FileSlice;
import org.dreamboothactors.diffusion.weights.archive.ZipDirectory;
import org.dreamboothactors.diffusion.weights.archive.ZipMember;
import org.dreamboothactors.diffusion.weights.pickle.PickleValue.Dict;
import org.dreamboothactors.diffusion.weights.pickle.PickleValue.Name;
import org.dreamboothactors.diffusion.weights.pickle.PickleValue.Storage;
import org.dreamboothactors.diffusion.weights.pickle.PickleValue.Tensor;
import org.dreamboothactors.diffusion.weights.pickle.PickleValue.Text;
import org.dreamboothactors.diffusion.weights.pickle.PickleValue.Tuple;
import org.dreamboothactors.diffusion.weights.pickle.PickleValue.Whole;
import org.jspecify.annotations.Nullable;

/**
 * What {@code torch.save} of PyTorch 1.6 and later writes ({@code .pt}, {@code .ckpt}): a zip archive of one pickle and,
 * beside it, the numbers. The file is only read as data; its numbers stay in it until somebody asks.
 */
public final class TorchFile {
    private static final int LARGEST_PICKLE = 16 << 20;
    private static final Pattern PICKLE = Pattern.compile("[^/]+/data\\.pkl");
    private static final Pattern KEY = Pattern.compile("[0-9]{1,9}");
    private static final int KEY_AT = 2;
    private static final int COUNT_AT = 4;
    /** Tied weights share their numbers; tensors of many times the file's size are made to fill a disk. */
    private static final int MOST_SHARING = 4;

    private final FileSlice file;
    private final PickleValue root;

    private TorchFile(FileSlice file, PickleValue root) {
        this.file = file;
        this.root = root;
    }

    /** Opens a whole file; throws {@link IllegalArgumentException} for one that is not sound or not only data. */
    public static TorchFile open(Path file) {
        try {
            return open(FileSlice.of(file));
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    /** As {@link #open(Path)}, for a file inside another. */
    public static TorchFile open(FileSlice file) {
        try {
            Map<String, ZipMember> members = ZipDirectory.read(file);
            List<ZipMember> pickles = members.values().stream()
                    .filter(member -> PICKLE.matcher(member.name()).matches())
                    .toList();
            if (pickles.size() != 1) {
                throw new RefusedPickle("it has " + pickles.size()
                        + " pickles named data.pkl, expected 1, as torch.save of PyTorch 1.6 or later writes");
            }
            ZipMember pickle = pickles.getFirst();
            String folder = pickle.name().substring(0, pickle.name().indexOf('/') + 1);
            requireLittleEndian(members.get(folder + "byteorder"));
            return new TorchFile(
                    file,
                    PickleReader.read(pickle.content(LARGEST_PICKLE), id -> storage(members, folder + "data/", id)));
        } catch (RefusedPickle e) {
            throw new IllegalArgumentException("Cannot read " + file.file() + ": " + e.getMessage(), e);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + file.file() + ": " + e.getMessage(), e);
        }
    }

    private static void requireLittleEndian(@Nullable ZipMember order) throws IOException {
        String text = order == null ? "little" : new String(order.content(16), StandardCharsets.UTF_8);
        if (!text.equals("little")) {
            throw new RefusedPickle("its byte order is " + Opcodes.shown(text) + ", expected little");
        }
    }

    /** Persistent id: "storage", type, key, device, number of elements. */
    private static Storage storage(Map<String, ZipMember> members, String folder, Tuple id) {
        List<PickleValue> parts = id.items();
        if (parts.size() != COUNT_AT + 1
                || !(parts.get(1) instanceof Name(var global))
                || !(parts.get(KEY_AT) instanceof Text(var key))
                || !(parts.get(COUNT_AT) instanceof Whole(var count))) {
            throw new RefusedPickle("a persistent id is no storage, expected its type, key, device and size");
        }
        DataType type = AllowedGlobals.storageType(global)
                .orElseThrow(() -> new RefusedPickle(
                        "a storage is of type " + global + ", expected one of floats, whole numbers or flags"));
        ZipMember member = KEY.matcher(key).matches() ? members.get(folder + key) : null;
        if (member == null) {
            throw new RefusedPickle("it lacks the numbers data/" + Opcodes.shown(key)
                    + " that its pickle names, expected them beside it. It may be cut short: fetch it again");
        }
        long size = member.bytes().sizeBytes();
        if (count < 0 || size % type.getNumOfBytes() != 0 || size / type.getNumOfBytes() != count) {
            throw new RefusedPickle(
                    "data/" + key + " has " + size + " bytes, expected " + count + " numbers of " + type);
        }
        return new Storage(member.bytes(), type, count);
    }

    /** The tensors of a state dictionary by name: the file's own, or the one Lightning keeps under state_dict. */
    public SortedMap<String, TensorSource> tensors() {
        if (!(root instanceof Dict top)) {
            throw refused("it holds no dictionary", "a state dictionary");
        }
        Dict state = top.entries().get("state_dict") instanceof Dict nested ? nested : top;
        SortedMap<String, TensorSource> tensors = new TreeMap<>();
        long bytes = 0;
        for (Map.Entry<String, PickleValue> entry : state.entries().entrySet()) {
            if (entry.getValue() instanceof Tensor(var source)) {
                tensors.put(entry.getKey(), source.named(entry.getKey()));
                bytes += source.shape().size() * source.type().getNumOfBytes();
            }
        }
        long allowed = MOST_SHARING * Math.max(file.sizeBytes(), unpackedBytes(tensors));
        if (tensors.isEmpty() || bytes < 0 || bytes > allowed) {
            throw refused(
                    "it holds " + tensors.size() + " tensors of " + bytes + " bytes", "some, of at most " + allowed);
        }
        return tensors;
    }

    private static long unpackedBytes(SortedMap<String, TensorSource> tensors) {
        return tensors.values().stream()
                .map(TensorSource::bytes)
                .distinct()
                .mapToLong(bytes -> bytes.sizeBytes())
                .sum();
    }

    /** The one tensor the file holds and nothing else. */
    public TensorSource tensor() {
        if (!(root instanceof Tensor(var source))) {
            throw refused("it holds no single tensor", "one, as torch.save(tensor) writes");
        }
        return source.named(String.valueOf(file.file().getFileName()));
    }

    /** The number of steps a Lightning checkpoint was trained for. */
    public OptionalLong globalStep() {
        return root instanceof Dict(var entries) && entries.get("global_step") instanceof Whole(var step)
                ? OptionalLong.of(step)
                : OptionalLong.empty();
    }

    private IllegalArgumentException refused(String what, String expected) {
        return new IllegalArgumentException("Cannot read " + file.file() + ": " + what + ", expected " + expected);
    }
}
