package org.dreamboothactors.actors.intake;

import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.PreRestart;
import org.apache.pekko.actor.typed.Signal;
import org.apache.pekko.actor.typed.SupervisorStrategy;
import org.apache.pekko.actor.typed.javadsl.AbstractMatchingBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.dreamboothactors.actors.board.StatusSink;
import org.dreamboothactors.protocol.v1.PhotoJudged;
import org.dreamboothactors.protocol.v1.SubjectUpload;
import org.dreamboothactors.storage.ArtifactStore;
import org.dreamboothactors.storage.StorageException;
import org.jspecify.annotations.Nullable;

/**
 * Judges the photos of uploads, a few uploads at once.
 *
 * <p>A question gets at most one answer. It gets none when the store cannot be reached or too many uploads wait; asking
 * again is harmless, also while the upload is being judged: the newest asker is answered.
 */
public final class Intake extends AbstractMatchingBehavior<Intake.Command> {
    private static final String NAME = "intake";
    private static final int UPLOADS_AT_ONCE = 2;
    private static final int UPLOADS_WAITING = 64;

    private static final Duration SHORTEST_PAUSE = Duration.ofMillis(500);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
    private static final Duration GOOD_TIME = Duration.ofMinutes(1);

    private final UploadJudge judge;
    private final StatusSink board;
    private final ExecutorService executor;
    private final Map<SubjectUpload, ActorRef<Judged>> askers = new LinkedHashMap<>();
    private final Map<SubjectUpload, Integer> inWork = new LinkedHashMap<>();

    public sealed interface Command {}

    /** Asks for a verdict on every photo of an upload. */
    public record Judge(SubjectUpload upload, ActorRef<Judged> replyTo) implements Command {}

    /** Verdicts, one for each photo, in order; the clean copies are in the store. */
    public record Judged(String runId, List<PhotoJudged> verdicts) {
        public Judged {
            verdicts = List.copyOf(verdicts);
        }
    }

    private record Looking(SubjectUpload upload, int photo) implements Command {}

    private record Finished(SubjectUpload upload, List<PhotoJudged> verdicts) implements Command {}

    private record Unfinished(SubjectUpload upload, Throwable cause) implements Command {}

    /**
     * A supervised actor.
     *
     * @param workDirectory for files that may be lost
     * @param ended whether a run wants nothing more, by its id
     */
    public static Behavior<Command> create(
            ArtifactStore store, Path workDirectory, Predicate<String> ended, StatusSink board) {
        return create(
                new ChildProcessJudge(store, workDirectory, JudgeSettings.standard(), ended),
                UPLOADS_AT_ONCE,
                UPLOADS_WAITING,
                board);
    }

    static Behavior<Command> create(UploadJudge judge, int atOnce, int waiting, StatusSink board) {
        return Behaviors.supervise(
                        Behaviors.<Command>setup(context -> new Intake(context, judge, atOnce, waiting, board)))
                .onFailure(SupervisorStrategy.restartWithBackoff(SHORTEST_PAUSE, LONGEST_PAUSE, 0.2)
                        .withResetBackoffAfter(GOOD_TIME));
    }

    private Intake(ActorContext<Command> context, UploadJudge judge, int atOnce, int waiting, StatusSink board) {
        super(context);
        this.judge = judge;
        this.board = board;
        executor = new ThreadPoolExecutor(
                atOnce,
                atOnce,
                0,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(waiting),
                Thread.ofPlatform().daemon().name(NAME + "-", 0).factory());
        board.report(NAME, "idle", "");
    }

    @Override
    public Behavior<Command> onMessage(Command command) {
        return switch (command) {
            case Judge(var upload, var replyTo) -> onJudge(upload, replyTo);
            case Looking(var upload, var photo) -> onLooking(upload, photo);
            case Finished(var upload, var verdicts) -> onFinished(upload, verdicts);
            case Unfinished(var upload, var cause) -> onUnfinished(upload, cause);
        };
    }

    @Override
    public Behavior<Command> onSignal(Signal signal) throws Exception {
        if (signal instanceof PreRestart || signal instanceof PostStop) {
            executor.shutdownNow(); // its children are killed as their threads are interrupted
            board.report(NAME, signal instanceof PreRestart ? "restarting" : "stopped", "");
        }
        return super.onSignal(signal);
    }

    private Behavior<Command> onJudge(SubjectUpload upload, ActorRef<Judged> replyTo) {
        if (askers.replace(upload, replyTo) == null) {
            try {
                getContext().pipeToSelf(start(upload), (verdicts, failure) -> ended(upload, verdicts, failure));
                askers.put(upload, replyTo);
            } catch (RejectedExecutionException e) {
                getContext()
                        .getLog()
                        .warn("Cannot judge upload {} now: {} uploads wait already", upload.getRunId(), askers.size());
            }
        }
        return reported();
    }

    private Behavior<Command> onLooking(SubjectUpload upload, int photo) {
        if (askers.containsKey(upload)) { // not of the instance before a restart
            inWork.put(upload, photo);
        }
        return reported();
    }

    private Behavior<Command> onFinished(SubjectUpload upload, List<PhotoJudged> verdicts) {
        long accepted = verdicts.stream().filter(PhotoJudged::hasImage).count();
        getContext()
                .getLog()
                .info("Upload {} judged: {} of {} pictures are good", upload.getRunId(), accepted, verdicts.size());
        @Nullable ActorRef<Judged> asker = askers.remove(upload);
        if (asker != null) {
            asker.tell(new Judged(upload.getRunId(), verdicts));
        }
        inWork.remove(upload);
        return reported();
    }

    private Behavior<Command> onUnfinished(SubjectUpload upload, Throwable cause) {
        if (cause.getCause() instanceof StorageException away) {
            getContext().getLog().warn("Cannot judge upload {} now: {}", upload.getRunId(), away.getMessage());
        } else {
            getContext().getLog().error("Cannot judge upload {} now", upload.getRunId(), cause);
        }
        askers.remove(upload);
        inWork.remove(upload);
        return reported();
    }

    private CompletableFuture<List<PhotoJudged>> start(SubjectUpload upload) {
        ActorRef<Command> self = getContext().getSelf();
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return judge.judge(upload, photo -> self.tell(new Looking(upload, photo)));
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                        throw new CompletionException(e);
                    }
                },
                executor);
    }

    private static Command ended(
            SubjectUpload upload, @Nullable List<PhotoJudged> verdicts, @Nullable Throwable failure) {
        if (verdicts != null) {
            return new Finished(upload, verdicts);
        }
        return new Unfinished(upload, failure == null ? new IllegalStateException("no verdicts") : failure);
    }

    private Behavior<Command> reported() {
        String work = inWork.entrySet().stream()
                .map(entry -> "%s photo %d/%d"
                        .formatted(
                                entry.getKey().getRunId(),
                                entry.getValue() + 1,
                                entry.getKey().getPhotosCount() + entry.getKey().getClassPhotosCount()))
                .collect(Collectors.joining(", "));
        int waiting = askers.size() - inWork.size();
        String queue = waiting == 0 ? "" : (work.isEmpty() ? "" : ", ") + waiting + " waiting";
        board.report(NAME, askers.isEmpty() ? "idle" : "working", work + queue);
        return this;
    }
}
