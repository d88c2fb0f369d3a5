package org.dreamboothactors.allreduce.tcp;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Optional;
import org.dreamboothactors.allreduce.tcp.Handshake.Answer;

/** A call to the next rank, which answers once it has come to it. */
final class Call {
    private final SocketChannel channel;
    private final byte[] words = new byte[Handshake.ANSWER_BYTES];
    private int heard;
    private Optional<Answer> answer = Optional.empty();

    Call(SocketChannel channel) {
        this.channel = channel;
    }

    SocketChannel channel() {
        return channel;
    }

    boolean isWelcome() {
        return answer.equals(Optional.of(Answer.WELCOME));
    }

    boolean isRefused() {
        return answer.isPresent() && !isWelcome();
    }

    /** What it says, where that takes no longer. */
    Optional<Answer> answer(Duration atMost) throws IOException {
        channel.socket().setSoTimeout(Meeting.millis(atMost));
        try {
            while (answer.isEmpty()) {
                int more = channel.socket().getInputStream().read(words, heard, words.length - heard);
                if (more < 0) {
                    throw new EOFException("it hung up");
                }
                heard += more;
                if (heard == words.length) {
                    answer = Optional.of(Handshake.told(words));
                }
            }
        } catch (SocketTimeoutException e) {
            return Optional.empty(); // not yet
        }
        return answer;
    }
}
