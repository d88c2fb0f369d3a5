package org.dreamboothactors.actors.intake;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.image.BufferedImage;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.spi.ToolProvider;
import org.dreamboothactors.actors.intake.JudgeAnswer.Clean;
import org.dreamboothactors.actors.intake.JudgeAnswer.Failed;
import org.dreamboothactors.actors.intake.JudgeAnswer.Refused;
import org.dreamboothactors.actors.intake.photo.Photos;
import org.dreamboothactors.protocol.v1.PhotoVerdict;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class JudgeProcessTest {
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final Duration SHORT = Duration.ofMillis(500);

    @TempDir
    Path folder;

    private JudgeProcess start(Class<?> main, Duration cpu, Duration time) throws InterruptedException {
        return JudgeProcess.start(new JudgeSettings(JudgeSettings.command(main), LONG, cpu, time), folder);
    }

    private JudgeQuestion photo(byte[] content) throws Exception {
        return new JudgeQuestion(Files.write(folder.resolve("photo"), content), folder.resolve("clean.png"));
    }

    private JudgeQuestion photo(String content) throws Exception {
        return photo(content.getBytes(ISO_8859_1));
    }

    @Test
    void judgesOnePhotoAfterAnother() throws Exception {
        try (JudgeProcess judge = start(IntakeMain.class, LONG, LONG)) {
            assertThat(judge.ask(photo(Photos.file("plain.jpg")))).isEqualTo(new Clean(96, 64));
            assertThat(judge.ask(photo(""))).isEqualTo(new Refused(PhotoVerdict.EMPTY, "the file is empty"));
            assertThat(judge.ask(photo(Photos.file("cmyk.jpg")))).isEqualTo(new Clean(96, 64));
        }
        assertThat(folder.resolve("clean.png")).isNotEmptyFile();
    }

    @Test
    void isLostWhenAPhotoMakesItWaitForEver() throws Exception {
        try (JudgeProcess judge = start(MoodyMain.class, LONG, SHORT)) {
            assertThatThrownBy(() -> judge.ask(photo("hang")))
                    .isInstanceOf(JudgeLost.class)
                    .hasMessageContaining("more than 500 ms");
        }
    }

    @Test
    void isLostWhenAPhotoMakesItComputeForEver() throws Exception {
        try (JudgeProcess judge = start(MoodyMain.class, SHORT, LONG)) {
            assertThatThrownBy(() -> judge.ask(photo("spin")))
                    .isInstanceOf(JudgeLost.class)
                    .hasMessageContaining("more than 500 ms of processor time");
        }
    }

    @Test
    void isLostWhenAPhotoKillsItOrMakesItBabble() throws Exception {
        try (JudgeProcess judge = start(MoodyMain.class, LONG, LONG)) {
            assertThatThrownBy(() -> judge.ask(photo("die")))
                    .isInstanceOf(JudgeLost.class)
                    .hasMessageContaining("died with code 3");
        }
        try (JudgeProcess judge = start(MoodyMain.class, LONG, LONG)) {
            assertThatThrownBy(() -> judge.ask(photo("babble")))
                    .isInstanceOf(JudgeLost.class)
                    .hasMessageContaining("nonsense");
        }
    }

    @Test
    void seesNoEnvironmentVariableButItsLocale() throws Exception {
        try (JudgeProcess judge = start(MoodyMain.class, LONG, LONG)) {
            assertThat(judge.ask(photo("environment"))).isEqualTo(new Failed("[LC_ALL]"));
        }
    }

    /** As where the name of the user's home has such letters. */
    @Test
    void startsFromAClassPathWithLettersBeyondAscii() throws Exception {
        assumeThat(System.getProperty("sun.jnu.encoding"))
                .as("the locale of this JVM, which can name no such folder")
                .isEqualTo("UTF-8");
        Path home = Files.createDirectory(folder.resolve("größe"));
        Path main = Files.writeString(folder.resolve("Ready.java"), """
                public class Ready {
                    public static void main(String[] args) throws Exception {
                        System.out.println("%s");
                        System.in.read();
                    }
                }
                """.formatted(
                new ObjectMapper().writeValueAsString(new JudgeAnswer.Ready()).replace("\"", "\\\"")));
        ToolProvider javac = ToolProvider.findFirst("javac").orElseThrow();
        assertThat(javac.run(System.out, System.err, "-d", home.toString(), main.toString()))
                .isZero();
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        JudgeSettings settings = new JudgeSettings(List.of(java, "-cp", home.toString(), "Ready"), LONG, LONG, LONG);

        JudgeProcess.start(settings, folder).close(); // throws when it does not say that it is ready
    }

    /** As a terminal's Ctrl-C and a service manager do to all processes at once. */
    @Test
    void leavesItToItsParentWhenToEnd() throws Exception {
        try (JudgeProcess judge = start(MoodyMain.class, LONG, LONG)) {
            for (String signal : List.of("HUP", "INT", "TERM")) {
                for (ProcessHandle child : ProcessHandle.current().children().toList()) {
                    var _ = new ProcessBuilder("kill", "-" + signal, Long.toString(child.pid()))
                            .start()
                            .waitFor();
                }
            }
            Thread.sleep(500);

            assertThat(judge.ask(photo("fail"))).isEqualTo(new Failed("the disk is full"));
        }
    }

    @Test
    void tellsAProcessThatSomebodyKilledFromOneThatAPhotoKilled() throws Exception {
        try (JudgeProcess judge = start(MoodyMain.class, LONG, LONG)) {
            ProcessHandle.current().children().forEach(ProcessHandle::destroyForcibly);

            assertThatThrownBy(() -> judge.ask(photo("fail")))
                    .isInstanceOfSatisfying(
                            JudgeLost.class, lost -> assertThat(lost.isKilled()).isTrue());
        }
        try (JudgeProcess judge = start(MoodyMain.class, LONG, LONG)) {
            assertThatThrownBy(() -> judge.ask(photo("die")))
                    .isInstanceOfSatisfying(
                            JudgeLost.class, lost -> assertThat(lost.isKilled()).isFalse());
        }
    }

    @Test
    void saysWhenTheProcessCannotBeStarted() {
        JudgeSettings settings =
                new JudgeSettings(JudgeSettings.command(JudgeProcessTest.class), LONG, LONG, LONG); // has no main

        assertThatThrownBy(() -> JudgeProcess.start(settings, folder))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContainingAll("Cannot start the process that judges photos", "Main method not found");
    }

    @Test
    void survivesPhotosThatWouldFillItsMemory() throws Exception {
        List<String> command = JudgeSettings.command(IntakeMain.class).stream()
                .map(part -> part.startsWith("-Xmx") ? "-Xmx96m" : part)
                .map(part -> part.startsWith("-Xmn") ? "-Xmn16m" : part)
                .toList();
        try (JudgeProcess judge = JudgeProcess.start(new JudgeSettings(command, LONG, LONG, LONG), folder)) {
            assertThat(judge.ask(photo(Photos.pngThatClaims(30_000, 30_000))))
                    .isInstanceOfSatisfying(
                            Refused.class,
                            refused -> assertThat(refused.verdict()).isEqualTo(PhotoVerdict.TOO_LARGE));
            assertThat(judge.ask(photo(Photos.pngWithTextOf(400 << 20)))).isEqualTo(new Clean(96, 64));
            assertThat(judge.ask(photo(Photos.pngWithProfileOf(400 << 20)))).isEqualTo(new Clean(96, 64));
            assertThat(judge.ask(photo(Photos.png(new BufferedImage(6000, 6000, BufferedImage.TYPE_BYTE_BINARY)))))
                    .isInstanceOfSatisfying(
                            Refused.class,
                            refused -> assertThat(refused.reason()).contains("it takes more memory than the 9"));
            assertThat(judge.ask(photo(Photos.file("plain.jpg")))).isEqualTo(new Clean(96, 64));
        }
    }

    @Test
    void endsWhenItsParentIsGone() throws Exception {
        Process process = new ProcessBuilder(JudgeSettings.command(IntakeMain.class))
                .redirectError(folder.resolve("log").toFile())
                .start();
        try (OutputStream pipe = process.getOutputStream()) {
            pipe.write("\n".getBytes(UTF_8), 0, 0);
        }

        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).isZero();
    }
}
