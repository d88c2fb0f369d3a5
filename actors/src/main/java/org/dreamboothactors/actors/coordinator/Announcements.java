package org.dreamboothactors.actors.coordinator;

import com.google.protobuf.Message;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.dreamboothactors.actors.work.Reason;
import org.dreamboothactors.protocol.Events;
import org.dreamboothactors.protocol.Topics;
import org.dreamboothactors.protocol.v1.CheckpointPublished;
import org.dreamboothactors.protocol.v1.CheckpointReady;
import org.dreamboothactors.protocol.v1.CheckpointVerified;
import org.dreamboothactors.protocol.v1.PhotoJudged;
import org.dreamboothactors.protocol.v1.RunAccepted;
import org.dreamboothactors.protocol.v1.RunCancelled;
import org.dreamboothactors.protocol.v1.RunErased;
import org.dreamboothactors.protocol.v1.RunEvent;
import org.dreamboothactors.protocol.v1.RunFailed;
import org.dreamboothactors.protocol.v1.RunReady;
import org.dreamboothactors.protocol.v1.RunRejected;
import org.dreamboothactors.protocol.v1.TrainingQueued;
import org.dreamboothactors.protocol.v1.Verdict;
import org.dreamboothactors.protocol.v1.WorkFailed;
import org.dreamboothactors.protocol.v1.WorkRequested;

/**
 * Decisions as records. Those of one decision belong in one transaction.
 *
 * @param bucket where checkpoints lie
 */
record Announcements(String bucket, InstantSource clock) {
    private static final String FORMAT = "diffusers";
    private static final Verdict NO_VERDICT = Verdict.newBuilder()
            .setNotJudged("no validation pictures of this step were judged")
            .build();

    List<ProducerRecord<byte[], byte[]>> of(RunState run, Decision decision) {
        String runId = run.runId();
        return switch (decision) {
            case Decision.Judge _, Decision.Erase _ -> List.of();
            case Decision.Accept(RunAccepted accepted) ->
                facts(Events.event(runId, "accepted").setAccepted(accepted));
            case Decision.Reject(String reason) ->
                facts(Events.event(runId, "rejected")
                        .setRejected(RunRejected.newBuilder().setReason(Reason.cut(reason))));
            case Decision.Encode(var requests) -> {
                Map<String, Message> work = new LinkedHashMap<>();
                requests.forEach(request -> work.put(request.getRequestId(), request));
                yield ask(runId, Topics.LATENT_CACHE, work);
            }
            case Decision.Draw(var requests) -> {
                Map<String, Message> work = new LinkedHashMap<>();
                requests.forEach(request -> work.put(request.getRequestId(), request));
                yield ask(runId, Topics.REG_GENERATION, work);
            }
            case Decision.RefuseDraw(String controlId, String reason) ->
                facts(Events.event(runId, "work-failed-" + Topics.REG_GENERATION + "-" + controlId)
                        .setWorkFailed(WorkFailed.newBuilder()
                                .setTopic(Topics.REG_GENERATION)
                                .setRequestId(controlId)
                                .setReason(Reason.cut(reason))));
            case Decision.Queue(int attempt) ->
                facts(Events.event(runId, "training-queued-" + attempt)
                        .setTrainingQueued(TrainingQueued.newBuilder().setAttempt(attempt)));
            case Decision.Train(var request) ->
                ask(
                        runId,
                        Topics.TRAIN_STEP,
                        Map.of(WorkId.training(request.getAttempt()).requestId(), request));
            case Decision.Publish(CheckpointVerified checkpoint) -> publish(run, checkpoint);
            case Decision.Fail(String reason) ->
                facts(Events.event(runId, "failed")
                        .setFailed(RunFailed.newBuilder().setReason(Reason.cut(reason))));
            case Decision.Cancel(String reason) ->
                facts(Events.event(runId, "cancelled")
                        .setCancelled(RunCancelled.newBuilder().setReason(reason)));
        };
    }

    /** The verdict on a photo. */
    static RunEvent judged(String runId, PhotoJudged verdict) {
        return Events.event(runId, "photo-" + verdict.getIndex())
                .setPhotoJudged(verdict)
                .build();
    }

    /** The store has nothing more of the run. */
    static RunEvent erased(String runId, RunErased gone) {
        return Events.event(runId, "erased-" + gone.getRound()).setErased(gone).build();
    }

    static ProducerRecord<byte[], byte[]> fact(RunEvent fact) {
        return record(Topics.RUN_EVENTS, fact.getRunId(), fact);
    }

    private static List<ProducerRecord<byte[], byte[]>> facts(RunEvent.Builder fact) {
        return List.of(fact(fact.build()));
    }

    private static List<ProducerRecord<byte[], byte[]>> ask(String runId, String topic, Map<String, Message> work) {
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        work.values().forEach(request -> records.add(record(topic, runId, request)));
        String first = work.keySet().iterator().next(); // asked for once, so it names the fact
        records.add(fact(Events.event(runId, "work-requested-" + topic + "-" + first)
                .setWorkRequested(WorkRequested.newBuilder().setTopic(topic).addAllRequestIds(work.keySet()))
                .build()));
        return records;
    }

    private List<ProducerRecord<byte[], byte[]>> publish(RunState run, CheckpointVerified checkpoint) {
        String runId = run.runId();
        RunAccepted accepted = run.accepted().orElseThrow();
        CheckpointReady ready = CheckpointReady.newBuilder()
                .setRunId(runId)
                .setTenant(run.upload().orElseThrow().getTenant())
                .setStep(checkpoint.getStep())
                .setLast(checkpoint.getLast())
                .setBaseModel(accepted.getSpec().getBaseModel())
                .setBaseModelDigest(accepted.getBaseModelDigest())
                .setBucket(bucket)
                .setPrefix(checkpoint.getPrefix())
                .addAllFiles(checkpoint.getFilesList())
                .setWeightsSha256(checkpoint.getWeightsSha256())
                .setInstancePrompt(accepted.getSpec().getInstancePrompt())
                .addFormats(FORMAT)
                .setReadyAtMs(clock.millis())
                .setVerdict(run.verdicts().getOrDefault(checkpoint.getStep(), NO_VERDICT))
                .build();
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        records.add(record(Topics.CHECKPOINT_READY, runId, ready));
        records.addAll(facts(Events.event(runId, "checkpoint-published-" + checkpoint.getStep())
                .setCheckpointPublished(CheckpointPublished.newBuilder().setStep(checkpoint.getStep()))));
        if (checkpoint.getLast()) {
            records.addAll(facts(Events.event(runId, "ready")
                    .setReady(RunReady.newBuilder()
                            .setStep(checkpoint.getStep())
                            .setRecommendedStep(run.recommended().orElse(0L))
                            .setPlannedSteps(accepted.getSpec().getTraining().getMaxSteps()))));
        }
        return records;
    }

    private static ProducerRecord<byte[], byte[]> record(String topic, String runId, Message message) {
        return new ProducerRecord<>(topic, runId.getBytes(StandardCharsets.UTF_8), message.toByteArray());
    }
}
