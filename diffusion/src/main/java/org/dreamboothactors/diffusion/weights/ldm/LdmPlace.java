package org.dreamboothactors.diffusion.weights.ldm;

/**
 * Where an original file keeps a parameter.
 *
 * @param name of the file's tensor
 * @param part counted from 0 along the first axis
 * @param parts of the tensor; OpenCLIP keeps queries, keys and values in one of 3
 */
record LdmPlace(String name, int part, int parts) {

    static LdmPlace whole(String name) {
        return new LdmPlace(name, 0, 1);
    }
}
