package org.dreamboothactors.actors.board;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** A browser without a screen: keeps a cookie, reads server-sent events. */
final class Visitor implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final HttpClient http = HttpClient.newBuilder()
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(PATIENCE)
            .build();
    private final URI address;
    private final String cookie;

    private Visitor(URI address, String cookie) {
        this.address = address;
        this.cookie = cookie;
    }

    static Visitor stranger(URI address) {
        return new Visitor(address, "none=");
    }

    /** Opens the address with its token and keeps the cookie. */
    static Visitor withToken(URI address) {
        try (Visitor stranger = stranger(address)) {
            String setCookie = stranger.open("/?" + address.getRawQuery())
                    .headers()
                    .firstValue("Set-Cookie")
                    .orElseThrow();
            return new Visitor(address, setCookie.substring(0, setCookie.indexOf(';')));
        }
    }

    String cookie() {
        return cookie;
    }

    HttpResponse<byte[]> open(String path, String... headers) {
        return send(request(path, headers).GET());
    }

    HttpResponse<byte[]> post(String path, String... headers) {
        return send(request(path, headers).POST(HttpRequest.BodyPublishers.noBody()));
    }

    JsonNode json(String path) throws IOException {
        HttpResponse<byte[]> answer = open(path);
        if (answer.statusCode() != 200) {
            throw new IOException(path + " is answered with " + answer.statusCode());
        }
        return JSON.readTree(answer.body());
    }

    /** The first line of the answer to a request with another Host header. */
    String statusWithHost(String host) throws IOException {
        return statusOf("/", host);
    }

    /** The first line of the answer to a request as it stands. */
    String statusOf(String path, String host) throws IOException {
        try (Socket socket = new Socket(address.getHost(), address.getPort())) {
            socket.setSoTimeout((int) PATIENCE.toMillis());
            socket.getOutputStream()
                    .write(("GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\nCookie: " + cookie
                                    + "\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .findFirst()
                    .orElseThrow();
        }
    }

    Events events() {
        return new Events(request("/api/events"));
    }

    void awaitRun(String id, Predicate<JsonNode> wanted) throws InterruptedException {
        try (Visitor.Events events = events()) {
            events.await("run " + id, event -> {
                for (JsonNode run : event.data().path("runs")) {
                    if (run.path("id").asText().equals(id) && wanted.test(run)) {
                        return true;
                    }
                }
                return false;
            });
        }
    }

    JsonNode awaitTopic(String name, Predicate<JsonNode> wanted) throws InterruptedException {
        JsonNode[] found = new JsonNode[1];
        try (Visitor.Events events = events()) {
            events.await("topic " + name, event -> {
                for (JsonNode topic : event.data().path("topics")) {
                    if (topic.path("name").asText().equals(name) && wanted.test(topic)) {
                        found[0] = topic;
                        return true;
                    }
                }
                return false;
            });
        }
        return found[0];
    }

    private HttpRequest.Builder request(String path, String... headers) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(address.resolve(path)).timeout(PATIENCE);
        request.header("Cookie", cookie);
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return request;
    }

    private HttpResponse<byte[]> send(HttpRequest.Builder request) {
        try {
            return http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
        } catch (IOException e) {
            throw new IllegalStateException("No answer from " + address, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted", e);
        }
    }

    @Override
    public void close() {
        http.shutdownNow();
    }

    /** One event of the stream. */
    record Event(String name, long id, JsonNode data) {}

    /** The open stream of events. */
    final class Events implements AutoCloseable {
        private final BlockingQueue<Event> arrived = new LinkedBlockingQueue<>();
        private final Stream<String> lines;

        private Events(HttpRequest.Builder request) {
            try {
                lines = http.send(request.build(), HttpResponse.BodyHandlers.ofLines())
                        .body();
            } catch (IOException e) {
                throw new IllegalStateException("No events", e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("Interrupted", e);
            }
            Thread.ofVirtual().start(this::read);
        }

        /** The next event of which this holds; others are passed over. */
        Event await(String what, Predicate<Event> wanted) throws InterruptedException {
            Instant deadline = Instant.now().plus(PATIENCE);
            while (true) {
                long left =
                        Math.max(0, Duration.between(Instant.now(), deadline).toMillis());
                Event event = arrived.poll(left, TimeUnit.MILLISECONDS);
                if (event == null) {
                    throw new AssertionError("No event within " + PATIENCE + ": " + what);
                }
                if (wanted.test(event)) {
                    return event;
                }
            }
        }

        private void read() {
            String[] event = {"", "0"};
            try {
                lines.forEach(line -> {
                    if (line.startsWith("event: ")) {
                        event[0] = line.substring(7);
                    } else if (line.startsWith("id: ")) {
                        event[1] = line.substring(4);
                    } else if (line.startsWith("data: ")) {
                        arrived.add(new Event(event[0], Long.parseLong(event[1]), tree(line.substring(6))));
                    }
                });
            } catch (RuntimeException closed) {
                // The stream ends with its server or with this visitor.
            }
        }

        private static JsonNode tree(String json) {
            try {
                return JSON.readTree(json);
            } catch (IOException e) {
                throw new IllegalStateException("No JSON: " + json, e);
            }
        }

        @Override
        public void close() {
            lines.close();
        }
    }
}
