package org.dreamboothactors.allreduce.tcp;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.dreamboothactors.allreduce.Member;
import org.dreamboothactors.allreduce.RingBroken;
import org.dreamboothactors.allreduce.RingBroken.Cause;
import org.dreamboothactors.allreduce.RingBroken.Kind;
import org.dreamboothactors.allreduce.tcp.Handshake.Answer;

/** How a rank meets its neighbours: calls the next, lets the previous in, sends everyone else away. Used once. */
final class Meeting {
    /** A stranger that says nothing keeps the door for this long. */
    private static final Duration FIRST_WORDS = Duration.ofSeconds(1);

    private static final Duration BETWEEN_CALLS = Duration.ofMillis(50);

    private final Member me;
    private final ServerSocketChannel door;
    private final InetSocketAddress next;
    private final Duration patience;
    private final long begun = System.nanoTime();
    private String lastTrouble = "";

    Meeting(Member me, ServerSocketChannel door, InetSocketAddress next, Duration patience) {
        this.me = me;
        this.door = door;
        this.next = next;
        this.patience = patience;
    }

    /** Connections to the neighbours, non-blocking; with one rank it is its own. */
    record Neighbours(SocketChannel previous, SocketChannel next) {}

    Neighbours meet() {
        Optional<SocketChannel> previous = Optional.empty();
        Optional<Call> call = Optional.empty();
        try {
            while (previous.isEmpty() || !call.map(Call::isWelcome).orElse(false)) {
                if (waited().compareTo(patience) > 0) {
                    throw broken(Kind.LATE, previous.isEmpty() ? me.after(-1) : me.after(1), lastTrouble);
                }
                if (call.isEmpty()) {
                    call = call();
                }
                if (previous.isEmpty()) {
                    previous = letIn();
                }
                call = call.filter(this::goesOn);
            }
            return new Neighbours(ready(previous.get()), ready(call.get().channel()));
        } catch (IOException | RuntimeException e) {
            previous.ifPresent(Meeting::hangUp);
            call.map(Call::channel).ifPresent(Meeting::hangUp);
            throw e instanceof RingBroken known
                    ? known
                    : broken(Kind.LOST, me.after(1), String.valueOf(e.getMessage()));
        }
    }

    /** Hears what the next rank answers; whether there is still a call. */
    private boolean goesOn(Call call) {
        try {
            call.answer(BETWEEN_CALLS).ifPresent(this::refused);
            if (!call.isRefused()) {
                return true;
            }
        } catch (IOException e) { // it may be another in its place soon
            lastTrouble = next + " did not answer: " + e.getMessage();
        }
        hangUp(call.channel());
        return false;
    }

    private void refused(Answer answer) {
        switch (answer) {
            case WELCOME -> {}
            case STALE -> throw broken(Kind.STALE, me.rank(), next + " is of a newer attempt");
            case DIFFERENT ->
                throw broken(Kind.DIFFERENT, me.after(1), next + " is of another run, number of ranks or layout");
            case NOT_YET -> lastTrouble = next + " is still of an older attempt";
        }
    }

    /** Calls the next rank, which may not listen yet. */
    private Optional<Call> call() {
        SocketChannel channel = null;
        try {
            channel = SocketChannel.open();
            channel.socket().connect(next, millis(FIRST_WORDS));
            Handshake.introduce(me, new DataOutputStream(channel.socket().getOutputStream()));
            return Optional.of(new Call(channel));
        } catch (IOException e) {
            lastTrouble = "calling " + next + ": " + e.getMessage();
            if (channel != null) {
                hangUp(channel);
            }
            LockSupport.parkNanos(BETWEEN_CALLS.toNanos());
            return Optional.empty();
        }
    }

    /** One caller; empty when nobody called, or one that is not the previous rank. */
    private Optional<SocketChannel> letIn() throws IOException {
        Socket caller;
        door.socket().setSoTimeout(millis(BETWEEN_CALLS));
        try {
            caller = door.socket().accept();
        } catch (SocketTimeoutException e) {
            return Optional.empty();
        }
        try {
            caller.setSoTimeout(millis(FIRST_WORDS));
            Member who = Handshake.caller(new DataInputStream(caller.getInputStream()));
            Answer answer = Handshake.answer(me, who);
            Handshake.tell(answer, new DataOutputStream(caller.getOutputStream()));
            switch (answer) {
                case WELCOME -> {
                    return Optional.of(caller.getChannel());
                }
                case NOT_YET -> {
                    caller.close();
                    throw broken(Kind.STALE, me.rank(), "attempt " + who.attempt() + " is under way");
                }
                case STALE, DIFFERENT -> lastTrouble = "sent " + who + " away: " + answer;
            }
        } catch (IOException e) { // no rank at all, or one that hung up
            lastTrouble = "a caller was no rank: " + e.getMessage();
        }
        caller.close();
        return Optional.empty();
    }

    private static SocketChannel ready(SocketChannel channel) throws IOException {
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        if (isOfOneMachine(channel)) { // between machines the kernel finds out what the way there holds
            channel.setOption(StandardSocketOptions.SO_SNDBUF, Frame.SEND_BUFFER_BYTES);
        }
        channel.configureBlocking(false);
        return channel;
    }

    private static boolean isOfOneMachine(SocketChannel channel) {
        return channel.socket().getInetAddress().equals(channel.socket().getLocalAddress());
    }

    private static void hangUp(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            // It is of no use either way.
        }
    }

    private RingBroken broken(Kind kind, int rank, String detail) {
        return new RingBroken(me, new Cause(kind, rank, 0, waited()), detail);
    }

    private Duration waited() {
        return Duration.ofNanos(System.nanoTime() - begun);
    }

    static int millis(Duration duration) {
        return Math.toIntExact(Math.max(1, duration.toMillis()));
    }
}
