package org.dreamboothactors.actors.intake;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.dreamboothactors.actors.device.Lines;
import org.dreamboothactors.actors.intake.JudgeAnswer.Clean;
import org.dreamboothactors.actors.intake.JudgeAnswer.Failed;
import org.dreamboothactors.actors.intake.JudgeAnswer.Ready;

/** A judging process that does what a photo tells it to, as one whose decoder has a hole would. */
final class MoodyMain {
    private MoodyMain() {}

    public static void main(String[] args) throws IOException {
        PrintStream pipe = System.out;
        Lines lines = new Lines(System.in, pipe);
        lines.write(new Ready());
        for (Optional<JudgeQuestion> next = lines.read(JudgeQuestion.class);
                next.isPresent();
                next = lines.read(JudgeQuestion.class)) {
            switch (new String(Files.readAllBytes(next.get().photo()), ISO_8859_1)) {
                case "hang" -> hang();
                case "spin" -> spin();
                case "die" -> Runtime.getRuntime().halt(3);
                case "babble" -> pipe.println("babble");
                case "fail" -> lines.write(new Failed("the disk is full"));
                case "environment" ->
                    lines.write(new Failed(System.getenv().keySet().toString()));
                case "good" -> lines.write(new Clean(1, 1));
                default -> lines.write(IntakeMain.answer(next.get()));
            }
        }
    }

    @SuppressWarnings("InfiniteLoopStatement")
    private static void hang() {
        while (true) {
            LockSupport.park();
        }
    }

    @SuppressWarnings("InfiniteLoopStatement")
    private static void spin() {
        while (true) {
            Thread.onSpinWait();
        }
    }
}
