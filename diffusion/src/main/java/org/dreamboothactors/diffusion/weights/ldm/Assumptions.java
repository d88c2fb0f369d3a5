package org.dreamboothactors.diffusion.weights.ldm;

import java.util.ArrayList;
import java.util.List;

/** What was neither told nor in the shapes, in words for the user. */
final class Assumptions {
    private final List<String> words = new ArrayList<>();

    void add(String what) {
        words.add(what);
    }

    List<String> words() {
        return List.copyOf(words);
    }
}
