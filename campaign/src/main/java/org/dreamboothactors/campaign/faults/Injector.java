package org.dreamboothactors.campaign.faults;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.dreamboothactors.campaign.checks.Tape;
import org.dreamboothactors.campaign.network.Link;
import org.dreamboothactors.campaign.processes.Cluster;
import org.dreamboothactors.campaign.processes.Jvm;
import org.dreamboothactors.campaign.processes.NodeName;
import org.dreamboothactors.campaign.processes.Signals;

/**
 * Does faults to a cluster. What lasts for a while is taken back in the background, so that faults overlap; a killed
 * process is started again before the next fault. One thread.
 */
public final class Injector {
    private static final Duration PIECE = Duration.ofMillis(40);
    private static final Duration AGAIN = Duration.ofMillis(500);

    private final Cluster cluster;
    private final Tape tape;
    private final List<Thread> healing = new ArrayList<>();

    public Injector(Cluster cluster, Tape tape) {
        this.cluster = cluster;
        this.tape = tape;
    }

    /**
     * Does it.
     *
     * @param node that works on the run, or any other
     * @return to what it was done, for people
     */
    public String inject(Fault fault, NodeName node) {
        Duration length = fault.length();
        return switch (fault.kind()) {
            case KILL_WORKER -> onChildren(node, child -> Signals.send("KILL", child));
            case KILL_NODE -> restart(cluster.node(node), length);
            case KILL_COORDINATOR -> restart(cluster.node(NodeName.DESK), length);
            case KILL_ALL_WORKERS -> {
                cluster.node(NodeName.NORTH).kill();
                cluster.node(NodeName.SOUTH).kill();
                yield restart(cluster.node(NodeName.NORTH), length) + " and "
                        + restart(cluster.node(NodeName.SOUTH), Duration.ZERO);
            }
            case STOP_WORKER ->
                stop(
                        cluster.children(node).stream().map(ProcessHandle::pid).toList(),
                        node.text() + "'s child",
                        length);
            case STOP_NODE ->
                stop(
                        cluster.node(node).family().stream()
                                .map(ProcessHandle::pid)
                                .toList(),
                        node.text(),
                        length);
            case STOP_SUPERVISOR ->
                stop(cluster.node(node).pid().stream().toList(), node.text() + " without its child", length);
            case RESTART_BROKER -> restart(cluster.broker(), length);
            case RESTART_STORE -> restart(cluster.store(), length);
            case CUT -> link(node, new Link.Cut(), length);
            case SILENCE -> link(node, new Link.Silent(), length);
            case SLOW -> link(node, new Link.Slow(PIECE), length);
            case CUT_RANKS -> cutBetweenNodes(length);
            case REPEAT -> new Repetition(cluster.bootstrapServers()).of(tape.said(), new Random(fault.seed()));
            case FILL_DISK ->
                fill(new Random(fault.seed()).nextInt(3) == 0 ? cluster.storeFolder() : cluster.data(node), length);
            case JUMP_CLOCK -> jump(node, new Random(fault.seed()), length);
            case STARVE_WORKER -> onChildren(node, Memory::noMore);
        };
    }

    /** Waits until all that lasts for a while is taken back. */
    public void awaitHealed() {
        for (Thread one : healing) {
            try {
                one.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("Interrupted", e);
            }
        }
    }

    private void after(Duration length, Runnable heal) {
        healing.add(Thread.ofPlatform().start(() -> {
            Signals.pause(length);
            heal.run();
        }));
    }

    private interface ToChild {
        void act(long pid);
    }

    private String onChildren(NodeName node, ToChild act) {
        List<ProcessHandle> children = cluster.children(node);
        children.forEach(child -> act.act(child.pid()));
        return children.isEmpty() ? "none" : node.text() + "'s child";
    }

    private static String restart(Jvm jvm, Duration down) {
        jvm.kill();
        Signals.pause(down);
        jvm.start();
        return jvm.name();
    }

    private String stop(List<Long> processes, String name, Duration length) {
        processes.forEach(pid -> Signals.send("STOP", pid));
        after(length, () -> processes.forEach(pid -> Signals.send("CONT", pid)));
        return name;
    }

    /** Who connects anew finds the way cut again. */
    private String cutBetweenNodes(Duration length) {
        long end = System.nanoTime() + length.toNanos();
        int cut = cluster.cutBetweenNodes();
        healing.add(Thread.ofPlatform().start(() -> {
            while (System.nanoTime() < end) {
                Signals.pause(AGAIN);
                cluster.cutBetweenNodes();
            }
        }));
        return cut + " connections between the nodes";
    }

    private String fill(Path folder, Duration length) {
        FullDisk disk = new FullDisk(folder);
        disk.fill();
        after(length, disk::free);
        return String.valueOf(folder.getFileName());
    }

    /** Kafka stands still for as long as a broker's clock was ahead: longer than this, and no run ends in time. */
    private String jump(NodeName node, Random random, Duration length) {
        List<String> those = List.of(node.text(), node.text(), NodeName.DESK.text(), "broker", "store");
        String name = those.get(random.nextInt(those.size()));
        int seconds = 10 + random.nextInt(80);
        Duration by = Duration.ofSeconds(random.nextBoolean() ? seconds : -seconds);
        cluster.clock(name, by);
        after(length, () -> cluster.clock(name, Duration.ZERO));
        return name + "'s clock by " + by.toSeconds() + " s";
    }

    private String link(NodeName node, Link link, Duration length) {
        cluster.link(node, link);
        after(length, () -> cluster.link(node, new Link.Open()));
        return node.text();
    }
}
