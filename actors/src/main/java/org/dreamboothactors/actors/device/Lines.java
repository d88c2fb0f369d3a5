package org.dreamboothactors.actors.device;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Records as JSON lines over a pipe. Reading and writing may happen on two threads. */
public final class Lines {
    private final ObjectMapper json =
            JsonMapper.builder().addModule(new Jdk8Module()).build();

    private final BufferedReader in;
    private final OutputStream out;

    public Lines(InputStream in, OutputStream out) {
        this.in = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
        this.out = out;
    }

    public void write(Object message) throws IOException {
        byte[] line = (json.writeValueAsString(message) + "\n").getBytes(StandardCharsets.UTF_8);
        synchronized (out) {
            out.write(line);
            out.flush();
        }
    }

    /** Says that this side is there: an empty line, which {@link #read} takes no notice of. */
    void beat() throws IOException {
        synchronized (out) {
            out.write('\n');
            out.flush();
        }
    }

    /** The next message; empty when the other side is gone. */
    public <T> Optional<T> read(Class<T> type) throws IOException {
        String line = in.readLine();
        while (line != null && line.isEmpty()) {
            line = in.readLine();
        }
        if (line == null) {
            return Optional.empty();
        }
        if (type.isSealed()) { // Jackson 2 does not look up what a sealed interface permits
            json.registerSubtypes(type.getPermittedSubclasses());
        }
        return Optional.of(json.readValue(line, type));
    }
}
