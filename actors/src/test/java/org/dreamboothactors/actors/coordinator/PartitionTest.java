package org.dreamboothactors.actors.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dreamboothactors.protocol.v1.RunEvent.FactCase.CANCELLED;
import static org.dreamboothactors.protocol.v1.RunEvent.FactCase.CHECKPOINT_VERIFIED;
import static org.dreamboothactors.protocol.v1.RunEvent.FactCase.FAILED;
import static org.dreamboothactors.protocol.v1.RunEvent.FactCase.READY;
import static org.dreamboothactors.protocol.v1.RunEvent.FactCase.REJECTED;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import org.dreamboothactors.protocol.Topics;
import org.dreamboothactors.protocol.v1.Cancel;
import org.dreamboothactors.protocol.v1.CheckpointReady;
import org.dreamboothactors.protocol.v1.Draw;
import org.dreamboothactors.protocol.v1.Erase;
import org.dreamboothactors.protocol.v1.GenerationRequest;
import org.dreamboothactors.protocol.v1.LatentRequest;
import org.dreamboothactors.protocol.v1.Lora;
import org.dreamboothactors.protocol.v1.RunControl;
import org.dreamboothactors.protocol.v1.RunEvent;
import org.dreamboothactors.protocol.v1.RunSpec;
import org.dreamboothactors.protocol.v1.Sampling;
import org.dreamboothactors.protocol.v1.SubjectUpload;
import org.dreamboothactors.protocol.v1.TrainRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Seeded: the name of a failing case is the seed that makes it fail again. */
class PartitionTest {
    private static final int SEEDS = 100;
    private static final int STEPS = 200;
    private static final int STEPS_TO_QUIET = 5_000;
    private static final int QUIET_STEPS = 5;
    private static final int CLASS_IMAGES = 6;
    private static final EnumSet<RunEvent.FactCase> ENDS = EnumSet.of(REJECTED, FAILED, CANCELLED, READY);

    static LongStream seeds() {
        return LongStream.range(0, SEEDS);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void bringsEveryRunToOneEndWhateverIsLateTwiceOrKilled(long seed) {
        World world = new World(seed);
        Random random = new Random(seed);
        for (int step = 0; step < STEPS; step++) {
            String runId = "run-" + random.nextInt(3);
            switch (random.nextInt(24)) {
                case 0 -> upload(world, runId);
                case 1 -> draw(world, runId, "d" + random.nextInt(3));
                case 2 -> world.restart();
                case 3 -> world.repeat();
                case 4, 5 -> world.judge();
                case 6, 7, 8, 9 -> world.work();
                case 10 -> {
                    if (random.nextInt(8) == 0) {
                        cancel(world, runId);
                    }
                }
                case 11 -> {
                    if (random.nextInt(8) == 0) {
                        erase(world, runId);
                    }
                }
                case 12 -> world.erase();
                default -> world.coordinate();
            }
        }
        for (String runId : List.of("run-0", "run-1", "run-2")) {
            upload(world, runId);
        }
        settle(world);

        assertThat(ends(world))
                .containsOnlyKeys("run-0", "run-1", "run-2")
                .allSatisfy((_, ends) -> assertThat(ends).hasSize(1));
        assertEverythingWasAskedOnceAndInTime(world);
        assertThat(world.erasures())
                .allSatisfy((_, erasure) -> assertThat(erasure.isDue()).isFalse());
    }

    /** A rejection that quotes them all would be larger than what Kafka takes, and kill whoever decides it. */
    @Test
    void noUploadStopsItsPartition() {
        World world = new World(1);
        RunSpec.Builder many = Runs.spec().toBuilder();
        many.getTrainingBuilder().setLora(Lora.newBuilder().addAllTargets(Collections.nCopies(13_000, "")));
        RunSpec.Builder wordy = Runs.withPrior(CLASS_IMAGES).toBuilder();
        wordy.getPriorBuilder().setSampling(Sampling.newBuilder().setSampler("x".repeat(900_000)));
        RunSpec.Builder strange = Runs.withPrior(CLASS_IMAGES).toBuilder()
                .setUnknownFields(UnknownFieldSet.newBuilder()
                        .addField(
                                999,
                                UnknownFieldSet.Field.newBuilder()
                                        .addLengthDelimited(ByteString.copyFrom(new byte[999_000]))
                                        .build())
                        .build());
        upload(world, "run-0", many.build());
        upload(world, "run-1", wordy.build());
        upload(world, "run-2", strange.build());
        settle(world);

        assertThat(ends(world))
                .containsEntry("run-0", List.of(REJECTED))
                .containsEntry("run-1", List.of(REJECTED))
                .hasEntrySatisfying("run-2", end -> assertThat(end).hasSize(1));
        assertThat(world.written)
                .allSatisfy(entry -> assertThat(entry.value().size()).isLessThan(1 << 20));
    }

    /** Clean copies of photos are stored before anybody is told; what nobody was told of could never be erased. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void tellsVerdictsThatComeWhenTheRunIsCancelledOrErased(boolean erased) {
        World world = new World(1); // in which nobody is killed who has heard verdicts
        List<String> runs = List.of("run-0", "run-1", "run-2");
        runs.forEach(runId -> upload(world, runId));
        while (!world.isJudging()) {
            world.coordinate();
        }
        for (String runId : runs) {
            if (erased) {
                erase(world, runId);
            } else {
                cancel(world, runId);
            }
        }
        while (ends(world).size() < 3) {
            world.judgeAll();
            world.coordinate();
        }
        settle(world);

        assertThat(world.written.stream()
                        .filter(entry -> entry.topic().equals(Topics.RUN_EVENTS))
                        .map(entry -> World.event(entry.value()))
                        .filter(RunEvent::hasPhotoJudged))
                .isNotEmpty();
    }

    private static void settle(World world) {
        int quiet = 0;
        for (int step = 0; step < STEPS_TO_QUIET && quiet < QUIET_STEPS; step++) {
            world.judge();
            world.work();
            world.erase();
            world.coordinate();
            quiet = world.isQuiet() && ends(world).size() == 3 ? quiet + 1 : 0;
        }
        world.restart(); // whoever comes next finds nothing left to do
        int before = world.written.size();
        for (int step = 0; step < STEPS; step++) {
            world.coordinate();
        }
        assertThat(world.written).hasSize(before);
    }

    private static Map<String, List<RunEvent.FactCase>> ends(World world) {
        Map<String, List<RunEvent.FactCase>> ends = new HashMap<>();
        for (World.Entry entry : world.written) {
            if (entry.topic().equals(Topics.RUN_EVENTS)) {
                RunEvent event = World.event(entry.value());
                if (ENDS.contains(event.getFactCase())) {
                    ends.computeIfAbsent(event.getRunId(), _ -> new ArrayList<>())
                            .add(event.getFactCase());
                }
            }
        }
        return ends;
    }

    private static void assertEverythingWasAskedOnceAndInTime(World world) {
        Set<String> asked = new HashSet<>();
        Set<String> verified = new HashSet<>();
        Set<String> ended = new HashSet<>();
        Set<String> erased = new HashSet<>();
        Map<String, Integer> attempts = new HashMap<>();
        try {
            for (World.Entry entry : world.written) {
                switch (entry.topic()) {
                    case Topics.RUN_EVENTS -> {
                        RunEvent event = World.event(entry.value());
                        if (event.getFactCase() == CHECKPOINT_VERIFIED) {
                            verified.add(event.getRunId()
                                    + event.getCheckpointVerified().getStep());
                        } else if (ENDS.contains(event.getFactCase())) {
                            ended.add(event.getRunId());
                        } else if (event.hasEraseRequested()) {
                            erased.add(event.getRunId());
                        }
                    }
                    case Topics.LATENT_CACHE -> {
                        LatentRequest request = LatentRequest.parseFrom(entry.value());
                        assertThat(asked.add(request.getRunId() + request.getRequestId()))
                                .isTrue();
                        assertThat(ended).doesNotContain(request.getRunId());
                    }
                    case Topics.REG_GENERATION -> {
                        GenerationRequest request = GenerationRequest.parseFrom(entry.value());
                        assertThat(erased).doesNotContain(request.getRunId());
                        assertThat(asked.add(request.getRunId() + request.getRequestId()))
                                .isTrue();
                        if (request.hasClassImages()) {
                            assertThat(ended).doesNotContain(request.getRunId());
                        }
                    }
                    case Topics.TRAIN_STEP -> {
                        TrainRequest request = TrainRequest.parseFrom(entry.value());
                        assertThat(request.getAttempt()).isEqualTo(attempts.merge(request.getRunId(), 1, Integer::sum));
                        assertThat(request.getInstanceLatentsCount()).isEqualTo(3);
                        assertThat(request.getClassLatentsCount()).isEqualTo(CLASS_IMAGES);
                        assertThat(ended).doesNotContain(request.getRunId());
                    }
                    case Topics.CHECKPOINT_READY -> {
                        CheckpointReady ready = CheckpointReady.parseFrom(entry.value());
                        assertThat(asked.add(ready.getRunId() + " checkpoint " + ready.getStep()))
                                .isTrue();
                        assertThat(verified).contains(ready.getRunId() + ready.getStep());
                        assertThat(ended).doesNotContain(ready.getRunId());
                    }
                    default -> throw new AssertionError("Nothing belongs on " + entry.topic());
                }
            }
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }

    private static void upload(World world, String runId) {
        upload(world, runId, Runs.withPrior(CLASS_IMAGES));
    }

    private static void upload(World world, String runId, RunSpec spec) {
        SubjectUpload upload = Runs.upload(runId, spec, 3);
        world.client(Topics.SUBJECT_UPLOAD, runId, upload.toByteArray());
    }

    private static void cancel(World world, String runId) {
        RunControl control = RunControl.newBuilder()
                .setRunId(runId)
                .setCancel(Cancel.newBuilder().setReason("enough"))
                .build();
        world.client(Topics.RUN_CONTROL, runId, control.toByteArray());
    }

    private static void erase(World world, String runId) {
        RunControl control = RunControl.newBuilder()
                .setRunId(runId)
                .setErase(Erase.newBuilder().setReason("no longer wanted"))
                .build();
        world.client(Topics.RUN_CONTROL, runId, control.toByteArray());
    }

    private static void draw(World world, String runId, String controlId) {
        RunControl control = RunControl.newBuilder()
                .setRunId(runId)
                .setControlId(controlId)
                .setDraw(Draw.newBuilder().setSamples(Runs.samples(0)))
                .build();
        world.client(Topics.RUN_CONTROL, runId, control.toByteArray());
    }
}
