package org.dreamboothactors.actors.intake;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.dreamboothactors.actors.device.Lines;
import org.dreamboothactors.actors.device.Sheltered;
import org.dreamboothactors.actors.intake.JudgeAnswer.Ready;
import org.jspecify.annotations.Nullable;

/** A running judging process. One thread talks to it; closing kills it. */
final class JudgeProcess implements AutoCloseable {
    private static final Duration GLANCE = Duration.ofMillis(200);
    private static final int LAST_WORDS_BYTES = 500;
    /** What a shell makes of SIGKILL. */
    private static final int KILLED = 128 + 9;

    private static final Duration TO_DIE = Duration.ofSeconds(5);

    private final JudgeSettings settings;
    private final Process process;
    private final Lines lines;
    private final BlockingQueue<Heard> answers = new ArrayBlockingQueue<>(2);

    /** What came through the pipe; no answer when it was closed or held nonsense. */
    private record Heard(Optional<JudgeAnswer> answer, String trouble) {}

    private JudgeProcess(JudgeSettings settings, Process process) {
        this.settings = settings;
        this.process = process;
        this.lines = new Lines(process.getInputStream(), process.getOutputStream());
        Thread.ofVirtual().name("judge-answers").start(this::receive);
    }

    /**
     * Starts a process and waits until it is ready.
     *
     * @param folder where it runs and leaves what it has to say when it crashes
     */
    static JudgeProcess start(JudgeSettings settings, Path folder) throws InterruptedException {
        Path log = folder.resolve("judge.log");
        // Whoever breaks out of a decoder finds no credentials, nor what a shell exports of its own.
        // Without a locale a JVM reads no class path with letters beyond ASCII.
        List<String> command = new ArrayList<>(List.of("/usr/bin/env", "-i", "LC_ALL=C.UTF-8"));
        command.addAll(settings.command());
        ProcessBuilder builder = new ProcessBuilder(Sheltered.command(command))
                .directory(folder.toFile())
                .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
        JudgeProcess judge;
        try {
            judge = new JudgeProcess(settings, builder.start());
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot start the process that judges photos: " + e.getMessage(), e);
        }
        @Nullable Heard first;
        try {
            first = judge.answers.poll(settings.toStart().toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            judge.close();
            throw e;
        }
        if (first == null || first.answer().filter(Ready.class::isInstance).isEmpty()) {
            judge.close();
            throw new IllegalStateException("Cannot start the process that judges photos: it did not say within "
                    + text(settings.toStart()) + " that it is ready. " + (first == null ? "" : first.trouble())
                    + " Its last words: " + lastWords(log));
        }
        return judge;
    }

    JudgeAnswer ask(JudgeQuestion question) throws JudgeLost, InterruptedException {
        try {
            lines.write(question);
        } catch (IOException e) {
            throw ended("");
        }
        long begin = System.nanoTime();
        Duration cpuBefore = cpu();
        while (true) {
            @Nullable Heard heard = answers.poll(GLANCE.toMillis(), TimeUnit.MILLISECONDS);
            if (heard != null && heard.answer().isPresent()) {
                return heard.answer().get();
            }
            if (heard != null) {
                throw ended(heard.trouble());
            }
            if (cpu().minus(cpuBefore).compareTo(settings.cpuPerPhoto()) > 0) {
                throw new JudgeLost("it takes more than " + text(settings.cpuPerPhoto()) + " of processor time");
            }
            if (System.nanoTime() - begin > settings.timePerPhoto().toNanos()) {
                throw new JudgeLost("it takes more than " + text(settings.timePerPhoto()));
            }
        }
    }

    /** Ends it at once, whatever it is decoding. */
    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor(TO_DIE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // it dies without a witness
        }
    }

    private void receive() {
        try {
            Heard next;
            do {
                next = new Heard(lines.read(JudgeAnswer.class), "");
                answers.put(next);
            } while (next.answer().isPresent());
        } catch (JsonProcessingException e) {
            process.destroyForcibly();
            answers.offer(new Heard(Optional.empty(), ": it says nonsense, " + e.getOriginalMessage()));
        } catch (IOException | InterruptedException e) {
            process.destroyForcibly();
            answers.offer(new Heard(Optional.empty(), ""));
        }
    }

    private Duration cpu() {
        return process.info().totalCpuDuration().orElse(Duration.ZERO);
    }

    private JudgeLost ended(String trouble) throws InterruptedException {
        if (!process.waitFor(TO_DIE.toMillis(), TimeUnit.MILLISECONDS)) {
            return new JudgeLost("the process that decoded it fell silent" + trouble);
        }
        String how = "the process that decoded it died with code " + process.exitValue() + trouble;
        return process.exitValue() == KILLED ? JudgeLost.killed(how) : new JudgeLost(how);
    }

    private static String lastWords(Path log) {
        try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
            file.seek(Math.max(0, file.length() - LAST_WORDS_BYTES));
            byte[] words = new byte[(int) Math.min(LAST_WORDS_BYTES, file.length())];
            file.readFully(words);
            return new String(words, UTF_8).strip();
        } catch (IOException e) {
            return "none";
        }
    }

    private static String text(Duration duration) {
        return duration.compareTo(Duration.ofSeconds(1)) < 0
                ? duration.toMillis() + " ms"
                : duration.toSeconds() + " s";
    }
}
