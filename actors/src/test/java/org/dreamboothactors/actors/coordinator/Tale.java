package org.dreamboothactors.actors.coordinator;

import com.google.protobuf.InvalidProtocolBufferException;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.dreamboothactors.protocol.Topics;
import org.dreamboothactors.protocol.v1.GenerationRequest;
import org.dreamboothactors.protocol.v1.LatentRequest;
import org.dreamboothactors.protocol.v1.PhotoVerdict;
import org.dreamboothactors.protocol.v1.RunEvent;
import org.dreamboothactors.protocol.v1.RunSpec;

/** One run as its coordinator sees it, told fact by fact. */
final class Tale {
    static final String RUN = "run-1";

    private static final Announcements ANNOUNCEMENTS = new Announcements("bucket", InstantSource.system());

    private final Decisions decisions = Runs.decisions();
    private RunState state = RunState.unknown(RUN);

    /** A run that is accepted. */
    static Tale accepted(RunSpec spec) {
        return new Tale().requested(spec, 3).judged(3, 0).decided();
    }

    /** A run that trains. */
    static Tale training(RunSpec spec) {
        return accepted(spec).worked().worked().decided().decided();
    }

    RunState state() {
        return state;
    }

    Tale then(RunEvent fact) {
        state = state.after(fact);
        return this;
    }

    Tale requested(RunSpec spec, int photos) {
        return then(Runs.requested(Runs.upload(RUN, spec, photos)));
    }

    Tale judged(int good, int bad) {
        IntStream.range(0, good + bad)
                .mapToObj(i -> Announcements.judged(
                        RUN, Runs.verdict(i, i < good ? PhotoVerdict.ACCEPTED : PhotoVerdict.UNDECODABLE)))
                .forEach(this::then);
        return this;
    }

    List<Decision> needs() {
        return decisions.of(state);
    }

    /** Does what the run needs. */
    Tale decided() {
        for (Decision decision : needs()) {
            for (ProducerRecord<byte[], byte[]> record : ANNOUNCEMENTS.of(state, decision)) {
                if (record.topic().equals(Topics.RUN_EVENTS)) {
                    then(parsed(record));
                }
            }
        }
        return this;
    }

    /** Does what the run needs, and does the work of encoders and inference actors. */
    Tale worked() {
        List<Decision> needed = needs();
        decided();
        for (Decision decision : needed) {
            if (decision instanceof Decision.Encode(List<LatentRequest> requests)) {
                requests.forEach(request -> then(Runs.cached(request)));
            } else if (decision instanceof Decision.Draw(List<GenerationRequest> requests)) {
                requests.stream()
                        .filter(GenerationRequest::hasClassImages)
                        .forEach(request -> then(Runs.drawn(request)));
            }
        }
        return this;
    }

    private static RunEvent parsed(ProducerRecord<byte[], byte[]> record) {
        try {
            return RunEvent.parseFrom(record.value());
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }
}
