package org.dreamboothactors.deploy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Commands as people start them: processes of their own, with their output in files of a folder that is their home too.
 */
final class Processes implements AutoCloseable {
    private final Path folder;
    private final Duration longest;
    private final List<Process> started = new ArrayList<>();

    /** @param longest that a command or a line may take */
    Processes(Path folder, Duration longest) {
        this.folder = folder;
        this.longest = longest;
    }

    Process start(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx1g",
                "-Ddreambooth.home=" + folder,
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
        command.addAll(List.of(arguments));
        command.addAll(List.of("--data-dir", folder + "/data"));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output(started.size()).toFile())
                .start();
        started.add(process);
        return process;
    }

    /** Exit code and output of a command that ends. */
    String run(String... arguments) throws IOException, InterruptedException {
        Process process = start(arguments);
        if (!process.waitFor(longest.toSeconds(), TimeUnit.SECONDS)) {
            throw new AssertionError(arguments[0] + " did not end within " + longest + ":\n" + text(process));
        }
        return process.exitValue() + " " + text(process);
    }

    /** The first line with this word that the process writes. */
    String lineWith(String word, Process process) throws IOException, InterruptedException {
        long limit = System.nanoTime() + longest.toNanos();
        while (System.nanoTime() < limit && process.isAlive()) {
            Optional<String> line =
                    text(process).lines().filter(each -> each.contains(word)).findFirst();
            if (line.isPresent()) {
                return line.get();
            }
            process.waitFor(100, TimeUnit.MILLISECONDS);
        }
        throw new AssertionError("no line with " + word + " within " + longest + ":\n" + text(process));
    }

    /** What the process wrote so far. */
    String text(Process process) throws IOException {
        return Files.readString(output(started.indexOf(process)));
    }

    @Override
    public void close() {
        started.forEach(Process::destroyForcibly);
    }

    private Path output(int number) {
        return folder.resolve("output-" + number);
    }
}
