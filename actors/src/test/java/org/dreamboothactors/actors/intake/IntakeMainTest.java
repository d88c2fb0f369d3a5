package org.dreamboothactors.actors.intake;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.dreamboothactors.protocol.v1.PhotoVerdict;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IntakeMainTest {
    private static final int SIDE = 64;

    @TempDir
    Path folder = Path.of("");

    /** Java's reader takes it; numbers of 0 bits have no largest one to be divided by. */
    @Test
    void aBmpWithoutBlueBitsIsUndecodable() throws IOException {
        Path photo = Files.write(folder.resolve("photo.bmp"), bmp(0xf800, 0x07e0, 0));

        JudgeAnswer answer = IntakeMain.answer(new JudgeQuestion(photo, folder.resolve("clean.png")));

        assertThat(answer)
                .isInstanceOfSatisfying(
                        JudgeAnswer.Refused.class,
                        refused -> assertThat(refused.verdict()).isEqualTo(PhotoVerdict.UNDECODABLE));
    }

    @Test
    void aBmpWithAllOfItsBitsIsTaken() throws IOException {
        Path photo = Files.write(folder.resolve("photo.bmp"), bmp(0xf800, 0x07e0, 0x1f));

        assertThat(IntakeMain.answer(new JudgeQuestion(photo, folder.resolve("clean.png"))))
                .isEqualTo(new JudgeAnswer.Clean(SIDE, SIDE));
    }

    @Test
    void aCopyThatCannotBeWrittenIsNoFaultOfThePhoto() throws IOException {
        Path photo = Files.write(folder.resolve("photo.bmp"), bmp(0xf800, 0x07e0, 0x1f));

        assertThat(IntakeMain.answer(new JudgeQuestion(photo, folder.resolve("no/such/folder.png"))))
                .isInstanceOf(JudgeAnswer.Failed.class);
    }

    @Test
    void aFileThatCannotBeReadIsNoFaultOfThePhoto() {
        assertThat(IntakeMain.answer(new JudgeQuestion(folder.resolve("none"), folder.resolve("clean.png"))))
                .isInstanceOf(JudgeAnswer.Failed.class);
    }

    private static byte[] bmp(int red, int green, int blue) {
        int pixels = SIDE * SIDE * 2;
        ByteBuffer file = ByteBuffer.allocate(66 + pixels).order(ByteOrder.LITTLE_ENDIAN);
        file.put((byte) 'B').put((byte) 'M').putInt(66 + pixels).putInt(0).putInt(66);
        file.putInt(40).putInt(SIDE).putInt(SIDE).putShort((short) 1).putShort((short) 16);
        int bitFields = 3;
        file.putInt(bitFields)
                .putInt(pixels)
                .putInt(2835)
                .putInt(2835)
                .putInt(0)
                .putInt(0);
        file.putInt(red).putInt(green).putInt(blue);
        return file.array();
    }
}
