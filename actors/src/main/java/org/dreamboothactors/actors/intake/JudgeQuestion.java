package org.dreamboothactors.actors.intake;

import java.nio.file.Path;

/**
 * What the judging process is asked: one JSON line.
 *
 * @param photo to judge
 * @param clean where the clean copy goes, when it is good
 */
record JudgeQuestion(Path photo, Path clean) {}
