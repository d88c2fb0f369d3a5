package org.dreamboothactors.diffusion.weights.pickle;

import ai.djl.ndarray.types.DataType;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The globals a checkpoint may name. Everything else is refused, whatever it is. */
final class AllowedGlobals {
    static final String REBUILD_TENSOR = "torch._utils._rebuild_tensor_v2";
    static final String REBUILD_PARAMETER = "torch._utils._rebuild_parameter";
    static final String ORDERED_DICT = "collections.OrderedDict";
    static final String SIZE = "torch.Size";

    private static final Map<String, DataType> STORAGES = Map.of(
            "torch.DoubleStorage", DataType.FLOAT64,
            "torch.FloatStorage", DataType.FLOAT32,
            "torch.HalfStorage", DataType.FLOAT16,
            "torch.BFloat16Storage", DataType.BFLOAT16,
            "torch.LongStorage", DataType.INT64,
            "torch.IntStorage", DataType.INT32,
            "torch.CharStorage", DataType.INT8,
            "torch.ByteStorage", DataType.UINT8,
            "torch.BoolStorage", DataType.BOOLEAN);

    /** Called by the training frameworks' checkpoints beside the weights; what they return is thrown away. */
    private static final Set<String> IGNORED = Set.of(
            "torch.device",
            "_codecs.encode",
            "numpy.dtype",
            "numpy.core.multiarray.scalar",
            "numpy._core.multiarray.scalar");

    /** Only named, as keys and types; never called. */
    private static final Set<String> NAMES = Set.of(
            "pytorch_lightning.callbacks.model_checkpoint.ModelCheckpoint",
            "torch.float64",
            "torch.float32",
            "torch.float16",
            "torch.bfloat16",
            "torch.int64",
            "torch.int32",
            "torch.int8",
            "torch.uint8",
            "torch.bool");

    private static final Set<String> CALLED = Set.of(REBUILD_TENSOR, REBUILD_PARAMETER, ORDERED_DICT, SIZE);

    private AllowedGlobals() {}

    static boolean allows(String global) {
        return CALLED.contains(global)
                || STORAGES.containsKey(global)
                || IGNORED.contains(global)
                || NAMES.contains(global);
    }

    static boolean isIgnored(String global) {
        return IGNORED.contains(global);
    }

    static Optional<DataType> storageType(String global) {
        return Optional.ofNullable(STORAGES.get(global));
    }
}
