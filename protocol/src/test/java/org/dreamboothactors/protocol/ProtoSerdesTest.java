package org.dreamboothactors.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.errors.SerializationException;
import org.dreamboothactors.protocol.v1.Cancel;
import org.dreamboothactors.protocol.v1.RunControl;
import org.junit.jupiter.api.Test;

class ProtoSerdesTest {
    private final ProtoSerializer<RunControl> serializer = new ProtoSerializer<>();
    private final ProtoDeserializer<RunControl> deserializer = new ProtoDeserializer<>(RunControl.parser());

    @Test
    void givesBackWhatWasWritten() {
        RunControl message = cancel("enough");

        assertThat(deserializer.deserialize("run-control", serializer.serialize("run-control", message)))
                .isEqualTo(message);
    }

    @Test
    void knowsARecordWithoutValue() {
        assertThat(serializer.serialize("run-control", null)).isNull();
        assertThat(deserializer.deserialize("run-control", null)).isNull();
    }

    @Test
    void refusesARecordOverTheLimitBeforeParsingIt() {
        RunControl large = cancel("x".repeat(ProtoDeserializer.LARGEST_RECORD_BYTES));

        assertThatThrownBy(() -> serializer.serialize("run-control", large))
                .isInstanceOf(SerializationException.class)
                .hasMessageContaining("run-control")
                .hasMessageContaining("expected at most 1048576");
        assertThatThrownBy(() -> deserializer.deserialize("run-control", large.toByteArray()))
                .isInstanceOf(SerializationException.class)
                .hasMessageContaining("expected at most 1048576");
    }

    @Test
    void namesTheTopicOfARecordThatIsNoMessage() {
        byte[] text = "no message".getBytes(StandardCharsets.UTF_8);

        assertThatThrownBy(() -> deserializer.deserialize("run-control", text))
                .isInstanceOf(SerializationException.class)
                .hasMessageStartingWith("Cannot read a record of run-control");
    }

    private static RunControl cancel(String reason) {
        return RunControl.newBuilder()
                .setRunId("run")
                .setCancel(Cancel.newBuilder().setReason(reason))
                .build();
    }
}
