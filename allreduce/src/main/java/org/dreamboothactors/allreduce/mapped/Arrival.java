package org.dreamboothactors.allreduce.mapped;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.dreamboothactors.allreduce.Member;
import org.dreamboothactors.allreduce.RingBroken;
import org.dreamboothactors.allreduce.RingBroken.Cause;
import org.dreamboothactors.allreduce.RingBroken.Kind;

/** How a rank finds the file of its attempt and takes its place in it. */
record Arrival(Path file, Member member, Duration patience) {

    /** Waits for the file of this attempt; one of an older attempt may still lie there. */
    SharedFile find(Arena arena) throws IOException {
        Pause pause = new Pause();
        while (true) {
            long attempt = Files.exists(file) ? SharedFile.attempt(file) : -1;
            if (attempt > member.attempt()) {
                throw broken(Kind.STALE, member.rank(), pause, "attempt " + attempt + " is under way");
            }
            if (attempt == member.attempt()) {
                return ours(SharedFile.map(file, member, arena), pause);
            }
            if (pause.waited().compareTo(patience) > 0) {
                throw broken(Kind.LATE, 0, pause, file + " is not there");
            }
            pause.longer();
        }
    }

    private SharedFile ours(SharedFile found, Pause pause) {
        if (!found.isOurs()) {
            String detail = file + " is of another run, number of ranks or layout";
            throw broken(Kind.DIFFERENT, member.rank(), pause, detail);
        }
        return found;
    }

    /** Takes the place, which must be free, and waits for the other ranks. */
    void takePlace(SharedFile shared, Others others) {
        ProcessHandle process = ProcessHandle.current();
        shared.count(
                member.rank(),
                Cell.PROCESS_START,
                process.info().startInstant().map(Instant::toEpochMilli).orElse(0L));
        if (!shared.claim(member.rank(), Cell.PROCESS, process.pid())) {
            throw broken(Kind.DIFFERENT, member.rank(), new Pause(), "another process has this rank's place");
        }
        others.awaitArrival();
    }

    private RingBroken broken(Kind kind, int rank, Pause pause, String detail) {
        return new RingBroken(member, new Cause(kind, rank, 0, pause.waited()), detail);
    }
}
