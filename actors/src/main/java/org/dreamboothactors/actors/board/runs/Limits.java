package org.dreamboothactors.actors.board.runs;

/** What the board keeps of runs at most. What is left out of a run is counted, and its page says so. */
final class Limits {
    /**
     * Runs; beyond, the ones that ended longest ago go first, and are listed by {@code dreambooth runs} alone. A long one
     * takes some 250 KB.
     */
    static final int RUNS = 500;
    /** Lines of a run's event log. */
    static final int LOG_LINES = 400;
    /** Points of a run's loss curve. */
    static final int POINTS = 2_000;
    /** Event ids of a run that are remembered to recognise a fact told twice. */
    static final int EVENT_IDS = 1_000;

    static final int PHOTOS = 64;
    static final int RANKS = 64;
    static final int CLASS_IMAGES = 200;
    /** Sample pictures of a run; beyond, the first round stays and the oldest of the others goes. */
    static final int SAMPLES = 400;

    static final int CHECKPOINTS = 50;
    static final int VERDICTS = 200;
    static final int FILES_PER_CHECKPOINT = 100;
    static final int ATTEMPTS = 50;
    static final int COMMIT_MARKS = 200;
    /** Characters of a prompt or a reason. */
    static final int TEXT = 1_000;
    /** Characters of a name or an id. */
    static final int NAME = 200;

    private Limits() {}

    static String text(String text) {
        return cut(text, TEXT);
    }

    static String name(String name) {
        return cut(name, NAME);
    }

    private static String cut(String text, int most) {
        return text.length() <= most ? text : text.substring(0, most) + "…";
    }
}
