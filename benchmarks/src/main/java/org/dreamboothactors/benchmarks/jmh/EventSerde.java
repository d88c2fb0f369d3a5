package org.dreamboothactors.benchmarks.jmh;

import java.util.concurrent.TimeUnit;
import org.dreamboothactors.protocol.Events;
import org.dreamboothactors.protocol.ProtoDeserializer;
import org.dreamboothactors.protocol.ProtoSerializer;
import org.dreamboothactors.protocol.v1.RunEvent;
import org.dreamboothactors.protocol.v1.StepProgress;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What an event costs to write and to read. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 5, time = 1)
public class EventSerde {
    private final RunEvent event = Events.event("run", "step-progress-1-7")
            .setStepProgress(StepProgress.newBuilder().setStep(7).setLoss(0.1))
            .build();
    private final ProtoSerializer<RunEvent> serializer = new ProtoSerializer<>();
    private final ProtoDeserializer<RunEvent> deserializer = new ProtoDeserializer<>(RunEvent.parser());
    private final byte[] bytes = event.toByteArray();

    @Benchmark
    public byte @Nullable [] write() {
        return serializer.serialize("run-events", event);
    }

    @Benchmark
    public @Nullable RunEvent read() {
        return deserializer.deserialize("run-events", bytes);
    }
}
