package org.dreamboothactors.allreduce;

import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.IntFunction;
import org.dreamboothactors.allreduce.mapped.MappedAllReduce;
import org.dreamboothactors.allreduce.tcp.TcpDoor;

/** How ranks of a test meet. */
enum Transport {
    MAPPED {
        @Override
        List<Callable<AllReduce>> seats(int ranks, IntFunction<Member> members, Path folder, Duration patience) {
            List<Callable<AllReduce>> seats = new ArrayList<>();
            for (int rank = 0; rank < ranks; rank++) {
                Member member = members.apply(rank);
                seats.add(() -> MappedAllReduce.join(folder.resolve("numbers"), member, patience));
            }
            return seats;
        }
    },
    TCP {
        @Override
        List<Callable<AllReduce>> seats(int ranks, IntFunction<Member> members, Path folder, Duration patience) {
            List<TcpDoor> doors = new ArrayList<>();
            for (int rank = 0; rank < ranks; rank++) {
                doors.add(TcpDoor.open(InetAddress.getLoopbackAddress()));
            }
            List<Callable<AllReduce>> seats = new ArrayList<>();
            for (int rank = 0; rank < ranks; rank++) {
                Member member = members.apply(rank);
                TcpDoor mine = doors.get(rank);
                TcpDoor next = doors.get((rank + 1) % ranks);
                seats.add(() -> mine.join(member, next.address(), patience));
            }
            return seats;
        }
    };

    /** One call a rank that joins the others; they have to be made at once. */
    abstract List<Callable<AllReduce>> seats(int ranks, IntFunction<Member> members, Path folder, Duration patience);
}
