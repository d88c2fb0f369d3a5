package org.dreamboothactors.actors.device;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The processor cores that a device's child JVM may use, by their numbers; none: any.
 *
 * <p>Devices that share a machine get a slice each, so that one's threads never push another's away.
 */
public record Cores(List<Integer> numbers) {
    /** Whichever the kernel chooses. */
    public static final Cores ANY = new Cores(List.of());

    private static final String ALLOWED = "Cpus_allowed_list:";
    private static final String TASKSET = "taskset";

    public Cores {
        numbers = List.copyOf(numbers);
    }

    /**
     * A slice for each of some devices, of the cores that this process may use. A device that has the machine to itself is
     * not bound, and none is where cores do not suffice.
     *
     * @param threads of each device
     */
    public static List<Cores> slices(int devices, int threads) {
        return slices(allowed(), devices, threads);
    }

    static List<Cores> slices(List<Integer> allowed, int devices, int threads) {
        if (devices < 2 || (long) devices * threads > allowed.size()) {
            return Collections.nCopies(devices, ANY);
        }
        return IntStream.range(0, devices)
                .mapToObj(i -> new Cores(allowed.subList(i * threads, (i + 1) * threads)))
                .toList();
    }

    /** Those of this process; none where the system does not tell (it is not Linux). */
    private static List<Integer> allowed() {
        Path status = Path.of("/proc/self/status");
        if (!Files.exists(status)) {
            return List.of();
        }
        try (Stream<String> lines = Files.lines(status)) {
            return lines.filter(line -> line.startsWith(ALLOWED))
                    .findFirst()
                    .map(line -> parse(line.substring(ALLOWED.length()).strip()))
                    .orElse(List.of());
        } catch (IOException e) {
            return List.of(); // then nothing is bound
        }
    }

    /** What the kernel writes, e.g. {@code 0-3,8}. */
    static List<Integer> parse(String list) {
        List<Integer> cores = new ArrayList<>();
        for (String range : list.split(",", -1)) {
            String[] ends = range.split("-", -1);
            int first = Integer.parseInt(ends[0]);
            int last = Integer.parseInt(ends[ends.length - 1]);
            IntStream.rangeClosed(first, last).forEach(cores::add);
        }
        return cores;
    }

    /** The command that starts another one on these cores alone; empty where they are any, or util-linux is not there. */
    List<String> before() {
        return numbers.isEmpty() || !tasksetIsThere() ? List.of() : List.of(TASKSET, "--cpu-list", toString());
    }

    static boolean tasksetIsThere() {
        return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(":", -1))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, TASKSET)));
    }

    @Override
    public String toString() {
        return numbers.stream().map(String::valueOf).collect(Collectors.joining(","));
    }
}
