package org.dreamboothactors.actors.intake;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.dreamboothactors.protocol.v1.PhotoVerdict.ACCEPTED;
import static org.dreamboothactors.protocol.v1.PhotoVerdict.ANIMATED;
import static org.dreamboothactors.protocol.v1.PhotoVerdict.DUPLICATE;
import static org.dreamboothactors.protocol.v1.PhotoVerdict.EMPTY;
import static org.dreamboothactors.protocol.v1.PhotoVerdict.MISSING;
import static org.dreamboothactors.protocol.v1.PhotoVerdict.NOT_AN_IMAGE;
import static org.dreamboothactors.protocol.v1.PhotoVerdict.TOO_LARGE;
import static org.dreamboothactors.protocol.v1.PhotoVerdict.TOO_MANY;
import static org.dreamboothactors.protocol.v1.PhotoVerdict.TOO_SMALL;
import static org.dreamboothactors.protocol.v1.PhotoVerdict.UNDECODABLE;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.dreamboothactors.actors.board.StatusSink;
import org.dreamboothactors.actors.intake.Intake.Judge;
import org.dreamboothactors.actors.intake.Intake.Judged;
import org.dreamboothactors.actors.intake.photo.Photos;
import org.dreamboothactors.embedded.EmbeddedS3;
import org.dreamboothactors.protocol.Wire;
import org.dreamboothactors.protocol.v1.PhotoJudged;
import org.dreamboothactors.protocol.v1.StoredObject;
import org.dreamboothactors.protocol.v1.SubjectUpload;
import org.dreamboothactors.protocol.v1.UploadedPhoto;
import org.dreamboothactors.storage.ArtifactStore;
import org.dreamboothactors.storage.StoreSettings;
import org.dreamboothactors.storage.Stored;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
class IntakeIT {
    private static final Duration LONG = Duration.ofMinutes(4);
    private static final StatusSink NOBODY = (actor, state, work) -> {};

    private final ActorTestKit kit = ActorTestKit.create();

    @TempDir
    Path folder;

    private EmbeddedS3 server;
    private ArtifactStore store;

    @BeforeEach
    void start() {
        server = EmbeddedS3.start(folder.resolve("s3"), 0, "access", "secret-secret");
        store = ArtifactStore.openOrCreate(settings(server.endpoint()));
    }

    @AfterEach
    void stop() {
        kit.shutdownTestKit();
        store.close();
        server.close();
    }

    private static StoreSettings settings(URI endpoint) {
        return new StoreSettings(
                endpoint, "us-east-1", "artifacts", "access", "secret-secret", Duration.ofSeconds(20), 2);
    }

    private Behavior<Intake.Command> intake() {
        return Intake.create(store, folder.resolve("work"), _ -> false, NOBODY);
    }

    private UploadedPhoto photo(String name, byte[] content) {
        return photo(name, Wire.message(store.putBlob("uploads/studio-1/", content)));
    }

    private static UploadedPhoto photo(String name, StoredObject object) {
        return UploadedPhoto.newBuilder().setName(name).setObject(object).build();
    }

    private static SubjectUpload upload(List<UploadedPhoto> photos) {
        return SubjectUpload.newBuilder()
                .setRunId("run-1")
                .setTenant("studio-1")
                .addAllPhotos(photos)
                .build();
    }

    private List<PhotoJudged> judge(Behavior<Intake.Command> intake, SubjectUpload upload) {
        ActorRef<Intake.Command> actor = kit.spawn(intake);
        TestProbe<Judged> asker = kit.createTestProbe(Judged.class);
        actor.tell(new Judge(upload, asker.ref()));
        Judged judged = asker.receiveMessage(LONG);
        kit.stop(actor);
        assertThat(judged.runId()).isEqualTo("run-1");
        assertThat(judged.verdicts()).hasSize(upload.getPhotosCount() + upload.getClassPhotosCount());
        for (int i = 0; i < judged.verdicts().size(); i++) {
            PhotoJudged verdict = judged.verdicts().get(i);
            assertThat(verdict.getIndex()).isEqualTo(i);
            assertThat(verdict.getOfClass()).isEqualTo(i >= upload.getPhotosCount());
            assertThat(verdict.hasImage()).isEqualTo(verdict.getVerdict() == ACCEPTED);
            assertThat(verdict.getReason().isEmpty()).isEqualTo(verdict.getVerdict() == ACCEPTED);
        }
        return judged.verdicts();
    }

    @Test
    void judgesOneUploadWithEverythingInIt() {
        byte[] plain = Photos.file("plain.jpg");
        SubjectUpload upload = upload(List.of(
                photo("good.jpg", plain),
                photo("truncated.jpg", Photos.file("truncated.jpg")),
                photo("bomb.png", Photos.pngThatClaims(30_000, 30_000)),
                photo("text.jpg", "I am a photo, trust my name".getBytes(UTF_8)),
                photo("dance.gif", Photos.file("animated.gif")),
                photo("empty.jpg", new byte[0]),
                photo("again.jpg", plain),
                photo("rotated.jpg", Photos.oriented(plain, 6)),
                photo("print.jpg", Photos.file("cmyk.jpg")),
                photo("deep.png", Photos.file("gray16.png")),
                photo("palette.png", Photos.file("palette.png")),
                photo("../../secret\u202e.png", Photos.file("rgba.png")),
                photo("../../other\n.png", Photos.png(70, 80, 0x204060)),
                photo("tiny.png", Photos.png(63, 63, 0x204060))));

        List<PhotoJudged> verdicts = judge(intake(), upload);

        assertThat(verdicts)
                .extracting(PhotoJudged::getVerdict)
                .containsExactly(
                        ACCEPTED,
                        UNDECODABLE,
                        TOO_LARGE,
                        NOT_AN_IMAGE,
                        ANIMATED,
                        EMPTY,
                        DUPLICATE,
                        ACCEPTED,
                        ACCEPTED,
                        ACCEPTED,
                        ACCEPTED,
                        DUPLICATE, // on white, the pixels of the palette picture
                        ACCEPTED,
                        TOO_SMALL);
        assertThat(verdicts.get(6).getReason()).isEqualTo("it has the same pixels as photo 1");
        assertThat(verdicts.get(7).getWidth()).isEqualTo(64); // upright
        assertThat(verdicts.get(7).getHeight()).isEqualTo(96);
        assertThat(verdicts.get(12).getName()).isEqualTo("../../other.png");
        for (PhotoJudged verdict : verdicts) {
            if (verdict.hasImage()) {
                store.verify(Wire.stored(verdict.getImage()));
            }
        }
        assertThat(store.list("photos/")).hasSize(6).allMatch(key -> key.matches("photos/studio-1/blobs/[0-9a-f]{64}"));
        assertThat(store.list("")).noneMatch(key -> key.contains("secret") || key.contains("other"));
        assertThat(folder.resolve("work/scratch")).isEmptyDirectory();

        assertThat(judge(intake(), upload)).isEqualTo(verdicts);
        assertThat(store.list("photos/")).hasSize(6);
    }

    @Test
    void judgesClassImagesAfterThePhotosAndTakesNoneOfThese() {
        UploadedPhoto plain = photo("cat.jpg", Photos.file("plain.jpg"));

        List<PhotoJudged> verdicts = judge(
                intake(),
                upload(List.of(plain)).toBuilder()
                        .addClassPhotos(plain)
                        .addClassPhotos(photo("a.png", Photos.png(70, 80, 0x204060)))
                        .addClassPhotos(photo("b.png", Photos.png(70, 80, 0x204060)))
                        .build());

        assertThat(verdicts)
                .extracting(PhotoJudged::getVerdict)
                .containsExactly(ACCEPTED, DUPLICATE, ACCEPTED, DUPLICATE);
        assertThat(verdicts.get(1).getReason()).isEqualTo("it has the same pixels as photo 1");
        assertThat(verdicts.get(3).getReason()).isEqualTo("it has the same pixels as class image 2");
    }

    @Test
    void looksAtFortyPhotosAndNotAtTheNext() {
        UploadedPhoto[] photos = new UploadedPhoto[41];
        for (int i = 0; i < 40; i++) {
            photos[i] = photo(i + ".png", Photos.png(64, 64, i * 0x050403));
        }
        photos[40] = photo(
                "41.png",
                StoredObject.newBuilder().setKey("uploads/studio-1/nowhere").build());

        List<PhotoJudged> verdicts = judge(intake(), upload(Arrays.asList(photos)));

        assertThat(verdicts.subList(0, 40)).extracting(PhotoJudged::getVerdict).containsOnly(ACCEPTED);
        assertThat(verdicts.get(40).getVerdict()).isEqualTo(TOO_MANY);
        assertThat(verdicts.get(40).getReason()).contains("photo 41", "at most 40");
    }

    @Test
    void believesNothingThatAClientSaysOfAnObject() {
        byte[] content = Photos.file("plain.jpg");
        Stored good = store.putBlob("uploads/studio-1/", content);
        Stored foreign = store.putBlob("uploads/studio-2/", content);
        Stored large = store.put("uploads/studio-1/large", new byte[(64 << 20) + 1]);

        List<PhotoJudged> verdicts = judge(
                intake(),
                upload(List.of(
                        photo("lying size", Wire.message(new Stored(good.key(), 3, good.sha256()))),
                        photo("the truth", Wire.message(good)),
                        photo("other content", Wire.message(new Stored(good.key(), good.sizeBytes(), "0".repeat(64)))),
                        photo("absent", Wire.message(new Stored("uploads/studio-1/absent", 3, good.sha256()))),
                        photo("foreign", Wire.message(foreign)),
                        photo("walking", Wire.message(new Stored("uploads/studio-1/../studio-2/x", 3, ""))),
                        photo("no key", StoredObject.getDefaultInstance()),
                        photo("large", Wire.message(new Stored(large.key(), 3, large.sha256()))))));

        assertThat(verdicts)
                .extracting(PhotoJudged::getVerdict)
                .containsExactly(MISSING, ACCEPTED, MISSING, MISSING, MISSING, MISSING, MISSING, TOO_LARGE);
        assertThat(verdicts.getFirst().getReason()).contains(good.sizeBytes() + " bytes, announced were 3");
        assertThat(verdicts.get(7).getReason()).contains("64.0 MiB", "at most 64 MiB");
    }

    @Test
    void forgetsAnUploadWhoseNameTellsThatItWasDamaged() {
        Stored good = store.putBlob("uploads/studio-1/", Photos.file("plain.jpg"));
        store.put(good.key(), new byte[Math.toIntExact(good.sizeBytes())]);

        PhotoJudged verdict = judge(intake(), upload(List.of(photo("damaged", Wire.message(good)))))
                .getFirst();

        assertThat(verdict.getVerdict()).isEqualTo(MISSING);
        assertThat(store.stat(good.key())).isEmpty(); // or a client that uploads it again would find it there
    }

    @Test
    void goesOnAfterPhotosThatKillOrHangTheProcess() {
        JudgeSettings moody = new JudgeSettings(
                JudgeSettings.command(MoodyMain.class),
                Duration.ofMinutes(2),
                Duration.ofSeconds(30),
                Duration.ofSeconds(10)); // the wait for the one that hangs; a busy machine needs some for the others
        UploadJudge judge = new ChildProcessJudge(store, folder.resolve("work"), moody, _ -> false);

        List<PhotoJudged> verdicts = judge(
                Intake.create(judge, 1, 1, NOBODY),
                upload(List.of(
                        photo("hang", "hang".getBytes(UTF_8)),
                        photo("die", "die".getBytes(UTF_8)),
                        photo("nothing", "a text".getBytes(UTF_8)))));

        assertThat(verdicts)
                .extracting(PhotoJudged::getVerdict)
                .containsExactly(UNDECODABLE, UNDECODABLE, NOT_AN_IMAGE);
        assertThat(verdicts.get(0).getReason()).contains("more than 10 s");
        assertThat(verdicts.get(1).getReason()).contains("died with code 3");
    }

    @Test
    void stopsLookingWhenTheRunHasEnded() throws Exception {
        List<Integer> looked = new ArrayList<>();
        UploadJudge judge =
                new ChildProcessJudge(store, folder.resolve("work"), JudgeSettings.standard(), _ -> !looked.isEmpty());

        List<PhotoJudged> verdicts = judge.judge(
                upload(List.of(photo("a", "a".getBytes(UTF_8)), photo("b", "b".getBytes(UTF_8)))), looked::add);

        assertThat(verdicts).extracting(PhotoJudged::getName).containsExactly("a");
    }

    @Test
    void staysSilentWhileTheStoreIsAwayOrTheDiskIsFull() {
        JudgeSettings moody = new JudgeSettings(JudgeSettings.command(MoodyMain.class), LONG, LONG, LONG);
        ActorRef<Intake.Command> actor = kit.spawn(
                Intake.create(new ChildProcessJudge(store, folder.resolve("work"), moody, _ -> false), 1, 8, NOBODY));
        TestProbe<Judged> asker = kit.createTestProbe(Judged.class);
        SubjectUpload full = upload(List.of(photo("fail", "fail".getBytes(UTF_8))));
        SubjectUpload none = SubjectUpload.newBuilder().setRunId("none").build();

        actor.tell(new Judge(full, asker.ref()));
        actor.tell(new Judge(none, asker.ref()));
        asker.expectMessage(LONG, new Judged("none", List.of())); // the one before it got no answer

        server.close();
        actor.tell(new Judge(full, asker.ref()));
        actor.tell(new Judge(none, asker.ref()));
        asker.expectMessage(LONG, new Judged("none", List.of()));
    }
}
