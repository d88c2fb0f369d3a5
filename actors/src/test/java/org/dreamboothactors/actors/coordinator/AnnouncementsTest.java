package org.dreamboothactors.actors.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dreamboothactors.actors.coordinator.Tale.RUN;

import com.google.protobuf.InvalidProtocolBufferException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.dreamboothactors.protocol.Events;
import org.dreamboothactors.protocol.Topics;
import org.dreamboothactors.protocol.v1.CheckpointReady;
import org.dreamboothactors.protocol.v1.ModelJudged;
import org.dreamboothactors.protocol.v1.PictureScores;
import org.dreamboothactors.protocol.v1.RunEvent;
import org.dreamboothactors.protocol.v1.RunReady;
import org.dreamboothactors.protocol.v1.Verdict;
import org.junit.jupiter.api.Test;

class AnnouncementsTest {
    private final Announcements announcements = new Announcements("bucket", InstantSource.system());

    @Test
    void aCheckpointCarriesItsVerdictAndTheRunEndsWithTheBestStep() throws InvalidProtocolBufferException {
        Tale tale = Tale.training(Runs.spec())
                .then(judged(4, .9)) // better, but no checkpoint
                .then(judged(5, .7))
                .then(Runs.verified(RUN, 1, 5, 10));
        assertThat(published(tale)).extracting(CheckpointReady::getVerdict).containsExactly(verdict(.7));
        tale.decided().then(judged(10, .6)).then(Runs.verified(RUN, 1, 10, 10));

        assertThat(ending(tale).getRecommendedStep()).isEqualTo(5);
        assertThat(ending(tale).getPlannedSteps()).isEqualTo(10);
        assertThat(published(tale)).extracting(CheckpointReady::getVerdict).containsExactly(verdict(.6));
    }

    @Test
    void withoutAVerdictItSaysSoAndRecommendsNothing() throws InvalidProtocolBufferException {
        Tale tale = Tale.training(Runs.spec()).then(Runs.verified(RUN, 1, 10, 10));

        assertThat(published(tale))
                .extracting(ready -> ready.getVerdict().getNotJudged())
                .containsExactly("no validation pictures of this step were judged");
        assertThat(ending(tale).getRecommendedStep()).isZero();
    }

    private static RunEvent judged(long step, double gain) {
        return Events.event(RUN, "judged-" + step)
                .setJudged(ModelJudged.newBuilder().setStep(step).setVerdict(verdict(gain)))
                .build();
    }

    private static Verdict verdict(double gain) {
        return Verdict.newBuilder()
                .setScores(PictureScores.newBuilder().setSubjectFidelity(gain))
                .setBase(PictureScores.getDefaultInstance())
                .setGain(gain)
                .build();
    }

    private List<CheckpointReady> published(Tale tale) throws InvalidProtocolBufferException {
        List<CheckpointReady> published = new ArrayList<>();
        for (ProducerRecord<byte[], byte[]> entry : records(tale)) {
            if (entry.topic().equals(Topics.CHECKPOINT_READY)) {
                published.add(CheckpointReady.parseFrom(entry.value()));
            }
        }
        return published;
    }

    private RunReady ending(Tale tale) throws InvalidProtocolBufferException {
        return RunEvent.parseFrom(records(tale).getLast().value()).getReady();
    }

    private List<ProducerRecord<byte[], byte[]>> records(Tale tale) {
        return tale.needs().stream()
                .flatMap(decision -> announcements.of(tale.state(), decision).stream())
                .toList();
    }
}
