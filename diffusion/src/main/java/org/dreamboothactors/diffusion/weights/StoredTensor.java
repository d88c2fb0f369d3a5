package org.dreamboothactors.diffusion.weights;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.nio.file.Path;

/**
 * Where a tensor lies in a file.
 *
 * @param offset of its first byte in the file
 * @param sizeBytes row by row, little-endian
 */
record StoredTensor(Path file, DataType type, Shape shape, long offset, long sizeBytes) {

    TensorSource source(String name) {
        return TensorSource.rowMajor(name, new TensorBytes.Mapped(file, offset, sizeBytes), type, shape);
    }
}
