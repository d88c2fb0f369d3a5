package org.dreamboothactors.actors.coordinator;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.StreamSupport;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.dreamboothactors.protocol.Topics;
import org.dreamboothactors.protocol.v1.SubjectUpload;
import org.junit.jupiter.api.Test;

class InboxTest {
    private static final int LARGEST_RECORD = 1 << 20;

    private final Inbox inbox = new Inbox(1, RunState::unknown);

    private ProducerRecord<byte[], byte[]> answer(byte[] key, byte[] value) {
        return inbox.answer(new ConsumerRecord<>(Topics.SUBJECT_UPLOAD, 0, 0, key, value))
                .orElseThrow();
    }

    @Test
    void whatIsMadeOfTheLargestRecordFitsIntoARecord() {
        byte[] garbage = new byte[LARGEST_RECORD - 36];
        Arrays.fill(garbage, (byte) 'x');

        ProducerRecord<byte[], byte[]> letter = answer("a-run".getBytes(UTF_8), garbage);

        assertThat(letter.topic()).isEqualTo(Topics.deadLetters(Topics.SUBJECT_UPLOAD));
        assertThat(letter.value()).hasSize(1_000_000);
        assertThat(new String(
                        letter.headers().lastHeader("__dlq.errors.message").value(), UTF_8))
                .contains("1048540 bytes", "at most 1000000");
        assertThat(size(letter)).isLessThan(LARGEST_RECORD - 100);
        assertThat(size(answer(garbage, "x".getBytes(UTF_8)))).isLessThan(LARGEST_RECORD - 100);
    }

    @Test
    void anUploadThatItsFactCouldNotHoldIsADeadLetter() {
        SubjectUpload upload = Runs.upload("a-run", Runs.spec(), 3);
        SubjectUpload large = upload.toBuilder()
                .setSpec(upload.getSpec().toBuilder().setClassPrompt("x".repeat(1_000_000)))
                .build();

        assertThat(answer("a-run".getBytes(UTF_8), large.toByteArray()).topic())
                .isEqualTo(Topics.deadLetters(Topics.SUBJECT_UPLOAD));
        assertThat(answer("a-run".getBytes(UTF_8), upload.toByteArray()).topic())
                .isEqualTo(Topics.RUN_EVENTS);
    }

    private static int size(ProducerRecord<byte[], byte[]> record) {
        int headers = StreamSupport.stream(record.headers().spliterator(), false)
                .mapToInt(InboxTest::size)
                .sum();
        return record.key().length + record.value().length + headers;
    }

    private static int size(Header header) {
        return header.key().length() + header.value().length;
    }
}
