package org.dreamboothactors.actors.intake;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import javax.imageio.ImageIO;
import org.dreamboothactors.actors.device.Lines;
import org.dreamboothactors.actors.intake.JudgeAnswer.Clean;
import org.dreamboothactors.actors.intake.JudgeAnswer.Failed;
import org.dreamboothactors.actors.intake.JudgeAnswer.Ready;
import org.dreamboothactors.actors.intake.JudgeAnswer.Refused;
import org.dreamboothactors.actors.intake.photo.PhotoExam;
import org.dreamboothactors.actors.intake.photo.RefusedPhoto;
import org.dreamboothactors.protocol.v1.PhotoVerdict;

/**
 * The child JVM that looks at photos: reads questions from standard input, answers on standard output.
 *
 * <p>It knows neither Kafka nor S3. When its parent is gone it ends at once, whatever it is decoding.
 */
public final class IntakeMain {
    private IntakeMain() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        PrintStream pipe = System.out;
        System.setOut(System.err); // a library that prints must not break the protocol
        ImageIO.setUseCache(false);
        Lines lines = new Lines(System.in, pipe);
        BlockingQueue<JudgeQuestion> questions = new LinkedBlockingQueue<>(); // one at a time by the protocol
        Thread.ofPlatform().daemon().name("questions").start(() -> receive(lines, questions));
        lines.write(new Ready());
        while (true) {
            lines.write(answer(questions.take()));
        }
    }

    private static void receive(Lines lines, BlockingQueue<JudgeQuestion> questions) {
        try {
            for (Optional<JudgeQuestion> next = lines.read(JudgeQuestion.class);
                    next.isPresent();
                    next = lines.read(JudgeQuestion.class)) {
                questions.add(next.get());
            }
        } catch (IOException e) {
            System.err.println("Cannot read questions: " + e);
        }
        Runtime.getRuntime().halt(0); // exit would wait for the decoder
    }

    static JudgeAnswer answer(JudgeQuestion question) {
        try {
            PhotoExam.Size size = PhotoExam.examine(question.photo(), question.clean());
            return new Clean(size.width(), size.height());
        } catch (RefusedPhoto refused) {
            return new Refused(refused.verdict(), String.valueOf(refused.getMessage()));
        } catch (OutOfMemoryError | StackOverflowError e) {
            long megabytes = Runtime.getRuntime().maxMemory() >> 20;
            return new Refused(
                    PhotoVerdict.UNDECODABLE,
                    "it takes more memory than the " + megabytes + " MiB that a photo may use (" + e + ")");
        } catch (IOException | UncheckedIOException e) { // of files of ours: the photo is not to blame
            return new Failed(e.toString());
        } catch (RuntimeException e) { // decoders throw what they like over a header that lies
            return new Refused(PhotoVerdict.UNDECODABLE, "it cannot be decoded: " + e);
        }
    }
}
