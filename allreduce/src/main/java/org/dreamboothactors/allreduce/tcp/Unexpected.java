package org.dreamboothactors.allreduce.tcp;

import java.io.IOException;

/** A neighbour sent what no rank that runs the same program would send. */
final class Unexpected extends IOException {
    private static final long serialVersionUID = 1;

    Unexpected(String what) {
        super(what);
    }
}
