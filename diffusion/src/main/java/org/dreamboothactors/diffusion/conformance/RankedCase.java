package org.dreamboothactors.diffusion.conformance;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.dreamboothactors.allreduce.Member;
import org.dreamboothactors.allreduce.mapped.MappedAllReduce;
import org.dreamboothactors.diffusion.Compute;
import org.dreamboothactors.diffusion.conformance.CaseResult.CannotRun;
import org.dreamboothactors.diffusion.conformance.CaseResult.Failed;
import org.dreamboothactors.diffusion.conformance.CaseResult.Outcome;
import org.dreamboothactors.diffusion.conformance.CaseResult.Passed;
import org.dreamboothactors.diffusion.training.Ranks;

/** A training case on several ranks, each in a JVM of its own, which sum their gradients through a mapped file. */
public final class RankedCase {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final String RESULT = "result ";

    private RankedCase() {}

    /**
     * What a rank found.
     *
     * @param weightsSha256 digest of its trained weights; empty where it could not run
     */
    public record Finding(Outcome outcome, String weightsSha256) {}

    /**
     * Trains a case with its batches divided over {@code ranks}; what each found, by rank.
     *
     * @param path folder of the case
     * @param scratch folder for the file that they share, best one in memory
     */
    public static List<Finding> run(Path path, int ranks, Path scratch) {
        Path shared =
                scratch.resolve("ranks-" + ProcessHandle.current().pid() + "-" + path.getFileName() + "-" + ranks);
        List<Process> processes = new ArrayList<>();
        try {
            for (int rank = 0; rank < ranks; rank++) {
                processes.add(start(path, rank, ranks, shared));
            }
            List<Finding> findings = new ArrayList<>();
            for (Process process : processes) {
                findings.add(finding(process));
            }
            return findings;
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot run " + path + " on " + ranks + " ranks: " + e.getMessage(), e);
        } finally {
            processes.forEach(Process::destroyForcibly);
            deleteIfThere(shared);
        }
    }

    /** A rank: takes the case, its rank, how many there are, and the file to share. */
    public static void main(String... args) throws IOException {
        int rank = Integer.parseInt(args[1]);
        int ranks = Integer.parseInt(args[2]);
        CaseFolder whole = CaseFolder.read(Path.of(args[0]));
        Ranks place = new Ranks(
                rank,
                ranks,
                layout ->
                        MappedAllReduce.join(Path.of(args[3]), new Member(args[0], 1, rank, ranks, layout), PATIENCE));
        Comparison compare = new Comparison();
        String digest = RunCases.training(new CaseShare(rank, ranks).of(whole), Compute.PLAIN, place, compare);
        System.out.println(RESULT
                + digest
                + switch (compare.outcome()) {
                    case Passed(double deviation, String where) -> " passed " + deviation + " " + where;
                    case Failed(double deviation, String where) -> " failed " + deviation + " " + where;
                    case CannotRun(String reason) -> " refused 0 " + reason;
                });
    }

    private static Process start(Path path, int rank, int ranks, Path shared) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                RankedCase.class.getName(),
                path.toString(),
                Integer.toString(rank),
                Integer.toString(ranks),
                shared.toString());
        builder.environment().put("OMP_WAIT_POLICY", "PASSIVE");
        builder.environment().put("GOMP_SPINCOUNT", "2000");
        return builder.redirectErrorStream(true).start();
    }

    private static Finding finding(Process process) throws IOException {
        String last = "it said nothing";
        try (BufferedReader lines = process.inputReader()) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith(RESULT)) {
                    return finding(line.split(" ", 5));
                }
                last = line.startsWith("\t") ? last : line; // not the places of a stack trace
            }
        }
        return new Finding(new CannotRun(last), "");
    }

    private static Finding finding(String[] words) {
        double deviation = Double.parseDouble(words[3]);
        Outcome outcome = switch (words[2]) {
            case "passed" -> new Passed(deviation, words[4]);
            case "failed" -> new Failed(deviation, words[4]);
            default -> new CannotRun(words[4]);
        };
        return new Finding(outcome, words[1]);
    }

    private static void deleteIfThere(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot delete " + file + ": " + e.getMessage(), e);
        }
    }
}
