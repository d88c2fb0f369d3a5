package org.dreamboothactors.diffusion.weights.pickle;

import java.io.Serial;

/** A pickle asks for more than data; the message says for what, without the file's name. */
final class RefusedPickle extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    RefusedPickle(String message) {
        super(message);
    }
}
