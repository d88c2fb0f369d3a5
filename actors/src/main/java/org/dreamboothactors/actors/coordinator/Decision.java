package org.dreamboothactors.actors.coordinator;

import java.util.List;
import org.dreamboothactors.protocol.v1.CheckpointVerified;
import org.dreamboothactors.protocol.v1.GenerationRequest;
import org.dreamboothactors.protocol.v1.LatentRequest;
import org.dreamboothactors.protocol.v1.RunAccepted;
import org.dreamboothactors.protocol.v1.SubjectUpload;
import org.dreamboothactors.protocol.v1.TrainRequest;

/** One thing that a run needs now. */
sealed interface Decision {

    /** Its photos, or class images of its own, have no verdicts yet. No fact: it may be made any number of times. */
    record Judge(SubjectUpload upload) implements Decision {}

    record Accept(RunAccepted accepted) implements Decision {}

    record Reject(String reason) implements Decision {}

    /** Latents: of the photos, of parts of its own class images, of groups of those that were made. */
    record Encode(List<LatentRequest> requests) implements Decision {}

    /** Pictures: groups of class images or samples. */
    record Draw(List<GenerationRequest> requests) implements Decision {}

    /** Pictures that a client asked for and cannot have. */
    record RefuseDraw(String controlId, String reason) implements Decision {}

    /** The run takes its place among those that wait for a trainer. */
    record Queue(int attempt) implements Decision {}

    /** What to do when it is the run's turn. */
    record Train(TrainRequest request) implements Decision {}

    /** A checkpoint becomes public; the last one ends the run. */
    record Publish(CheckpointVerified checkpoint) implements Decision {}

    record Fail(String reason) implements Decision {}

    /** It is to be erased, and goes on no more. */
    record Cancel(String reason) implements Decision {}

    /** It has ended, and what it has in the store is to go. No fact, like {@link Judge}. */
    record Erase(int round) implements Decision {}
}
