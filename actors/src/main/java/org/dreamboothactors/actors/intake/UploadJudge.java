package org.dreamboothactors.actors.intake;

import java.util.List;
import java.util.function.IntConsumer;
import org.dreamboothactors.protocol.v1.PhotoJudged;
import org.dreamboothactors.protocol.v1.SubjectUpload;

/** Judges a whole upload; blocks, and may be interrupted. Judging again gives the same verdicts and objects. */
@FunctionalInterface
interface UploadJudge {
    /**
     * One verdict for each photo, in order; fewer when the run ended meanwhile.
     *
     * @param looking hears which photo is next, from 0
     * @throws RuntimeException when something failed that is not the photos' fault; asking again may help
     */
    List<PhotoJudged> judge(SubjectUpload upload, IntConsumer looking) throws InterruptedException;
}
