package org.dreamboothactors.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.dreamboothactors.allreduce.AllReduce;
import org.dreamboothactors.allreduce.Layout;
import org.dreamboothactors.allreduce.Member;
import org.dreamboothactors.allreduce.mapped.MappedAllReduce;
import org.dreamboothactors.allreduce.tcp.TcpDoor;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * How fast two JVMs sum, beside what the machine can do: a plain stream of the same bytes over loopback TCP, and a plain
 * copy of them in memory. All are measured in turns, since the machine is not alone.
 */
@Command(
        name = "all-reduce",
        mixinStandardHelpOptions = true,
        description = {
            "Bus bandwidth, 2(n-1)/n x bytes / seconds, of two JVMs over TCP and through a mapped file,",
            "beside a raw TCP stream and a memory copy of as many bytes."
        })
final class AllReduceSpeed implements Callable<Integer> {
    private static final InetAddress HERE = InetAddress.getLoopbackAddress();
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int RANKS = 2;

    @Option(names = "--floats", defaultValue = "100000000", description = "numbers to sum; default 100 million")
    long floats;

    @Option(names = "--rounds", defaultValue = "9", description = "after one to warm up; default 9")
    int rounds;

    @Option(names = "--folder", defaultValue = "/dev/shm", description = "where the mapped file is; default /dev/shm")
    Path folder = Path.of("");

    @Option(names = "--child", hidden = true, description = "is rank 1: takes the file on its standard input")
    boolean child;

    private final Map<String, List<Double>> seconds = new TreeMap<>();

    @Override
    public Integer call() throws Exception {
        if (child) {
            asChild();
        } else {
            asParent();
            report();
        }
        return 0;
    }

    private void asParent() throws Exception {
        Path file = folder.resolve("all-reduce-" + ProcessHandle.current().pid());
        Process other = new ProcessBuilder(command())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (TcpDoor door = TcpDoor.open(HERE);
                RawStream raw = RawStream.listen(HERE);
                BufferedReader in = other.inputReader();
                PrintWriter out = new PrintWriter(other.getOutputStream(), true, StandardCharsets.UTF_8)) {
            out.println(file);
            out.println(door.address().getPort());
            out.println(raw.port());
            int next = Integer.parseInt(in.readLine());
            measure(file, door, new InetSocketAddress(HERE, next), raw, 0);
        } finally {
            other.destroyForcibly();
            Files.deleteIfExists(file);
        }
    }

    private void asChild() throws Exception {
        try (BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
                TcpDoor door = TcpDoor.open(HERE)) {
            Path file = Path.of(in.readLine());
            System.out.println(door.address().getPort());
            InetSocketAddress next = new InetSocketAddress(HERE, Integer.parseInt(in.readLine()));
            try (RawStream raw = RawStream.to(HERE, Integer.parseInt(in.readLine()))) {
                measure(file, door, next, raw, 1);
            }
        }
    }

    private void measure(Path file, TcpDoor door, InetSocketAddress next, RawStream raw, int rank) throws Exception {
        Member member = new Member("benchmark", 1, rank, RANKS, new Layout(floats, ""));
        raw.meet();
        try (AllReduce tcp = door.join(member, next, PATIENCE);
                AllReduce mapped = MappedAllReduce.join(file, member, PATIENCE)) {
            for (long i = 0; i < floats; i++) {
                tcp.numbers().setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) (i % 97));
                mapped.numbers().setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) (i % 89));
            }
            for (int round = 0; round <= rounds; round++) {
                boolean counts = round > 0;
                time("stream", counts, tcp, () -> raw.oneWay(tcp.numbers(), rank == 0));
                time("sum over tcp", counts, tcp, () -> tcp.sum(0, floats));
                time("both ways", counts, tcp, () -> raw.bothWays(tcp.numbers(), mapped.numbers()));
                time("copy", counts, tcp, () -> {
                    if (rank == 0) {
                        tcp.numbers().copyFrom(mapped.numbers());
                    }
                });
                time("sum in file", counts, tcp, () -> mapped.sum(0, floats));
            }
        }
    }

    /** Both begin at once; what counts is until this rank, 0, has its result. */
    private void time(String what, boolean counts, AllReduce barrier, Work work) throws IOException {
        var _ = barrier.gather(0);
        long begun = System.nanoTime();
        work.run();
        double taken = (System.nanoTime() - begun) / 1e9;
        if (counts) {
            seconds.computeIfAbsent(what, _ -> new ArrayList<>()).add(taken);
        }
    }

    private interface Work {
        void run() throws IOException;
    }

    private void report() {
        double gigabytes = floats * Float.BYTES / 1e9;
        double bus = 2.0 * (RANKS - 1) / RANKS * gigabytes;
        double stream = say("stream", gigabytes, "raw TCP stream, one way");
        double tcp = say("sum over tcp", bus, "all-reduce over TCP");
        double both = say("both ways", gigabytes, "raw TCP streams, both ways at once, each");
        double copy = say("copy", gigabytes, "memory copy");
        double file = say("sum in file", bus, "all-reduce through the mapped file");
        System.out.printf(
                Locale.ROOT,
                "TCP: %.0f %% of the raw stream, %.0f %% of one of two at once. File: %.0f %% of the copy%n",
                100 * tcp / stream,
                100 * tcp / both,
                100 * file / copy);
    }

    /** Median rate in GB/s. */
    private double say(String what, double gigabytes, String name) {
        List<Double> rates = seconds.getOrDefault(what, List.of()).stream()
                .map(taken -> gigabytes / taken)
                .sorted()
                .toList();
        double median = rates.get(rates.size() / 2);
        System.out.printf(
                Locale.ROOT,
                "%-42s median %.2f GB/s, %.2f to %.2f of %d%n",
                name,
                median,
                rates.getFirst(),
                rates.getLast(),
                rates.size());
        return median;
    }

    private List<String> command() {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx1g",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "all-reduce",
                "--child",
                "--floats",
                Long.toString(floats),
                "--rounds",
                Integer.toString(rounds));
    }
}
