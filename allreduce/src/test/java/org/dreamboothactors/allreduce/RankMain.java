package org.dreamboothactors.allreduce;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import org.dreamboothactors.allreduce.mapped.MappedAllReduce;
import org.dreamboothactors.allreduce.tcp.TcpDoor;

/** Rank 1 of 2 in a process of its own: sums again and again, and says on standard output that it has begun. */
final class RankMain {
    private RankMain() {}

    /** Takes the transport, and the file to share or the port of rank 0. */
    public static void main(String... args) throws Exception {
        Member member = Gang.member(1, 2, Long.parseLong(args[2]));
        switch (Transport.valueOf(args[0])) {
            case MAPPED -> sumOn(MappedAllReduce.join(Path.of(args[1]), member, Duration.ofSeconds(20)));
            case TCP -> {
                InetAddress host = InetAddress.getLoopbackAddress();
                TcpDoor door = TcpDoor.open(host);
                System.out.println(door.address().getPort());
                InetSocketAddress next = new InetSocketAddress(host, Integer.parseInt(args[1]));
                sumOn(door.join(member, next, Duration.ofSeconds(20)));
            }
        }
    }

    private static void sumOn(AllReduce reduce) {
        while (true) {
            reduce.sum(0, reduce.member().layout().floats());
        }
    }
}
