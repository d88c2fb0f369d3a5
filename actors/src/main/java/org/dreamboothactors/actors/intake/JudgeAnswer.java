package org.dreamboothactors.actors.intake;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import org.dreamboothactors.protocol.v1.PhotoVerdict;

/** What the judging process says: {@link Ready} once, then one answer to each question. One JSON line each. */
@JsonTypeInfo(use = JsonTypeInfo.Id.SIMPLE_NAME, property = "answer")
sealed interface JudgeAnswer {

    /** It runs; what goes wrong from here on is a photo's fault. */
    record Ready() implements JudgeAnswer {}

    /** The clean copy is written; upright pixels. */
    record Clean(int width, int height) implements JudgeAnswer {}

    record Refused(PhotoVerdict verdict, String reason) implements JudgeAnswer {}

    /** Something failed that is not the photo's fault, such as a full disk. */
    record Failed(String reason) implements JudgeAnswer {}
}
