package org.dreamboothactors.actors.board;

import org.dreamboothactors.protocol.v1.PhotoJudged;
import org.dreamboothactors.protocol.v1.PhotoVerdict;
import org.dreamboothactors.protocol.v1.RunEvent;
import org.dreamboothactors.protocol.v1.RunFailed;
import org.dreamboothactors.protocol.v1.RunRequested;
import org.dreamboothactors.protocol.v1.RunSpec;
import org.dreamboothactors.protocol.v1.StoredObject;
import org.dreamboothactors.protocol.v1.SubjectUpload;

/** Facts of runs for tests. */
final class Told {
    private Told() {}

    static RunEvent requested(String id) {
        return requested(id, "a photo of a sks cat");
    }

    static RunEvent requested(String id, String prompt) {
        return RunEvent.newBuilder()
                .setRunId(id)
                .setEventId("requested")
                .setAtMs(1)
                .setRequested(RunRequested.newBuilder()
                        .setUpload(SubjectUpload.newBuilder()
                                .setRunId(id)
                                .setTenant("studio")
                                .setSpec(RunSpec.newBuilder().setInstancePrompt(prompt))))
                .build();
    }

    static RunEvent photo(String id, int index, String name, StoredObject image) {
        PhotoJudged.Builder photo = PhotoJudged.newBuilder().setIndex(index).setName(name);
        if (image.getKey().isEmpty()) {
            photo.setVerdict(PhotoVerdict.UNDECODABLE).setReason(name);
        } else {
            photo.setVerdict(PhotoVerdict.ACCEPTED).setImage(image);
        }
        return RunEvent.newBuilder()
                .setRunId(id)
                .setEventId("photo-" + index)
                .setAtMs(2)
                .setPhotoJudged(photo)
                .build();
    }

    static RunEvent failed(String id, String reason) {
        return RunEvent.newBuilder()
                .setRunId(id)
                .setEventId("failed")
                .setAtMs(3)
                .setFailed(RunFailed.newBuilder().setReason(reason))
                .build();
    }
}
