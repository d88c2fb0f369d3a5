package org.dreamboothactors.diffusion.weights;

import ai.djl.ndarray.types.DataType;

/** How many bits a number of a weights file has. */
public enum Precision {
    FP32(DataType.FLOAT32),
    FP16(DataType.FLOAT16),
    BF16(DataType.BFLOAT16);

    private final DataType type;

    Precision(DataType type) {
        this.type = type;
    }

    /** The type of a tensor in this precision. */
    public DataType type() {
        return type;
    }
}
