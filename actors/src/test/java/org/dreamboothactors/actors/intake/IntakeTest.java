package org.dreamboothactors.actors.intake;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.dreamboothactors.actors.intake.Intake.Judge;
import org.dreamboothactors.actors.intake.Intake.Judged;
import org.dreamboothactors.protocol.v1.PhotoJudged;
import org.dreamboothactors.protocol.v1.PhotoVerdict;
import org.dreamboothactors.protocol.v1.SubjectUpload;
import org.dreamboothactors.protocol.v1.UploadedPhoto;
import org.dreamboothactors.storage.StorageException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class IntakeTest {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final PhotoJudged VERDICT =
            PhotoJudged.newBuilder().setVerdict(PhotoVerdict.EMPTY).build();

    private final ActorTestKit kit = ActorTestKit.create();
    private final SlowJudge judge = new SlowJudge();
    private final BlockingQueue<String> board = new LinkedBlockingQueue<>();
    private final ActorRef<Intake.Command> intake =
            kit.spawn(Intake.create(judge, 1, 1, (actor, state, work) -> board.add(actor + " " + state + " " + work)));
    private final TestProbe<Judged> first = kit.createTestProbe(Judged.class);
    private final TestProbe<Judged> second = kit.createTestProbe(Judged.class);

    /** Judges when it is allowed to, and not at all when the store is said to be away. */
    private static final class SlowJudge implements UploadJudge {
        private final BlockingQueue<String> begun = new LinkedBlockingQueue<>();
        private final Semaphore allowed = new Semaphore(0);
        private final Semaphore interrupted = new Semaphore(0);

        @Override
        public List<PhotoJudged> judge(SubjectUpload upload, IntConsumer looking) throws InterruptedException {
            looking.accept(0);
            begun.add(upload.getRunId());
            try {
                allowed.acquire();
            } catch (InterruptedException e) {
                interrupted.release();
                throw e;
            }
            if (upload.getRunId().startsWith("away")) {
                throw new StorageException("Cannot look up: no answer");
            }
            return List.of(VERDICT);
        }

        String begun() throws InterruptedException {
            return String.valueOf(begun.poll(20, TimeUnit.SECONDS));
        }
    }

    @AfterEach
    void stop() {
        kit.shutdownTestKit();
    }

    private static SubjectUpload upload(String run) {
        UploadedPhoto photo = UploadedPhoto.getDefaultInstance();
        return SubjectUpload.newBuilder()
                .setRunId(run)
                .addPhotos(photo)
                .addPhotos(photo)
                .build();
    }

    @Test
    void answersWithAVerdictForEachPhoto() {
        judge.allowed.release();
        intake.tell(new Judge(upload("a"), first.ref()));

        assertThat(first.receiveMessage(SOON)).isEqualTo(new Judged("a", List.of(VERDICT)));
    }

    @Test
    void judgesAnUploadOnceWhenItIsAskedForTwiceAndAnswersTheNewestAsker() throws Exception {
        intake.tell(new Judge(upload("a"), first.ref()));
        assertThat(judge.begun()).isEqualTo("a");
        intake.tell(new Judge(upload("a"), second.ref()));
        intake.tell(new Judge(upload("b"), first.ref()));
        judge.allowed.release(2);

        second.expectMessage(SOON, new Judged("a", List.of(VERDICT)));
        first.expectMessage(SOON, new Judged("b", List.of(VERDICT)));
        assertThat(judge.begun()).isEqualTo("b");
        assertThat(judge.begun).isEmpty();
    }

    @Test
    void takesNoMoreThanItsQueueHoldsAndTakesItWhenAskedAgain() throws Exception {
        intake.tell(new Judge(upload("a"), first.ref()));
        assertThat(judge.begun()).isEqualTo("a");
        intake.tell(new Judge(upload("b"), first.ref()));
        intake.tell(new Judge(upload("c"), second.ref()));
        for (int told = 0; told < 4; ) { // it has begun with a and heard of all three
            told += String.valueOf(board.poll(20, TimeUnit.SECONDS)).startsWith("intake working") ? 1 : 0;
        }
        judge.allowed.release(10);
        first.expectMessage(SOON, new Judged("a", List.of(VERDICT)));
        first.expectMessage(SOON, new Judged("b", List.of(VERDICT)));
        assertThat(judge.begun()).isEqualTo("b");
        assertThat(judge.begun).isEmpty();

        intake.tell(new Judge(upload("c"), second.ref()));

        second.expectMessage(SOON, new Judged("c", List.of(VERDICT)));
    }

    @Test
    void staysSilentWhenTheStoreIsAwayAndGoesOn() throws Exception {
        judge.allowed.release(3);
        intake.tell(new Judge(upload("away"), first.ref()));
        assertThat(judge.begun()).isEqualTo("away");
        intake.tell(new Judge(upload("b"), first.ref()));
        first.expectMessage(SOON, new Judged("b", List.of(VERDICT)));

        intake.tell(new Judge(upload("away"), first.ref()));

        assertThat(judge.begun()).isEqualTo("b");
        assertThat(judge.begun()).isEqualTo("away"); // asked again, tried again
        first.expectNoMessage(Duration.ofMillis(100));
    }

    @Test
    void tellsTheBoardWhatItDoes() throws Exception {
        intake.tell(new Judge(upload("a"), first.ref()));
        assertThat(judge.begun()).isEqualTo("a");
        intake.tell(new Judge(upload("b"), first.ref()));
        judge.allowed.release(2);
        first.receiveMessage(SOON);
        first.receiveMessage(SOON);

        assertThat(board.poll(20, TimeUnit.SECONDS)).isEqualTo("intake idle ");
        List<String> told = new ArrayList<>();
        while (!told.contains("intake idle ")) {
            told.add(String.valueOf(board.poll(20, TimeUnit.SECONDS)));
        }
        assertThat(told).contains("intake working a photo 1/2, 1 waiting");
    }

    @Test
    void stopsJudgingWhenItIsStopped() throws Exception {
        intake.tell(new Judge(upload("a"), first.ref()));
        assertThat(judge.begun()).isEqualTo("a");

        kit.stop(intake);

        String last = "";
        while (!last.equals("intake stopped ")) {
            last = String.valueOf(board.poll(20, TimeUnit.SECONDS));
            assertThat(last).as("the board's last word").isNotEqualTo("null");
        }
        assertThat(judge.interrupted.tryAcquire(20, TimeUnit.SECONDS)).isTrue();
    }
}
