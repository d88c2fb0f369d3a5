package org.dreamboothactors.actors.board;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** One page in a headless Chromium, driven through its debugging protocol. */
final class Chromium implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final List<String> NAMES = List.of("chromium", "chromium-browser", "google-chrome");

    private final Process process;
    private final HttpClient http;
    private final WebSocket socket;
    private final AtomicInteger lastId = new AtomicInteger();
    private final Map<Integer, CompletableFuture<JsonNode>> answers = new ConcurrentHashMap<>();
    private final Queue<String> troubles = new ConcurrentLinkedQueue<>();

    private Chromium(Process process, HttpClient http, URI page) throws Exception {
        this.process = process;
        this.http = http;
        this.socket =
                http.newWebSocketBuilder().buildAsync(page, new Ears()).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        call("Page.enable", "{}");
        call("Runtime.enable", "{}");
        call("Log.enable", "{}");
    }

    /** The browser's program, where there is one. */
    static Optional<Path> program() {
        return Stream.of(Optional.ofNullable(System.getenv("PATH")).orElse("").split(":"))
                .flatMap(folder -> NAMES.stream().map(name -> Path.of(folder, name)))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** @param profile a new folder */
    static Chromium start(Path program, Path profile) throws Exception {
        Files.createDirectories(profile);
        Process process = new ProcessBuilder(
                        program.toString(),
                        "--headless=new",
                        "--no-sandbox",
                        "--disable-gpu",
                        "--disable-background-networking",
                        "--no-first-run",
                        "--remote-debugging-port=0",
                        "--user-data-dir=" + profile,
                        "about:blank")
                .redirectErrorStream(true)
                .redirectOutput(profile.resolve("output").toFile())
                .start();
        HttpClient http = HttpClient.newHttpClient();
        try {
            String port = await("Chromium's port", () -> {
                Path file = profile.resolve("DevToolsActivePort");
                return Files.exists(file) ? Files.readAllLines(file).stream().findFirst() : Optional.empty();
            });
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/json/list"))
                    .build();
            URI page = await("a page", () -> {
                for (JsonNode target : JSON.readTree(
                        http.send(request, HttpResponse.BodyHandlers.ofString()).body())) {
                    if (target.path("type").asText().equals("page")) {
                        return Optional.of(
                                URI.create(target.path("webSocketDebuggerUrl").asText()));
                    }
                }
                return Optional.empty();
            });
            return new Chromium(process, http, page);
        } catch (Exception e) {
            process.destroyForcibly();
            throw e;
        }
    }

    void size(int width, int height) throws Exception {
        call(
                "Emulation.setDeviceMetricsOverride",
                "{\"width\":" + width + ",\"height\":" + height + ",\"deviceScaleFactor\":1,\"mobile\":false}");
    }

    void colours(String scheme) throws Exception {
        call(
                "Emulation.setEmulatedMedia",
                "{\"features\":[{\"name\":\"prefers-color-scheme\",\"value\":\"" + scheme + "\"}]}");
    }

    void open(String address) throws Exception {
        call("Page.navigate", JSON.writeValueAsString(Map.of("url", address)));
    }

    /** The value of an expression. */
    JsonNode evaluate(String expression) throws Exception {
        JsonNode answer = call(
                "Runtime.evaluate",
                JSON.writeValueAsString(Map.of("expression", expression, "returnByValue", true, "awaitPromise", true)));
        if (answer.has("exceptionDetails")) {
            throw new AssertionError(expression + ": " + answer.path("exceptionDetails"));
        }
        return answer.path("result").path("value");
    }

    /** Waits until an expression is true. */
    void awaitTrue(String expression) throws Exception {
        try {
            await(
                    expression,
                    () -> Optional.of(evaluate("Boolean(" + expression + ")").asBoolean())
                            .filter(it -> it));
        } catch (AssertionError e) {
            throw new AssertionError(
                    e.getMessage() + "; the page shows: "
                            + evaluate("document.body.innerText").asText() + troubles,
                    e);
        }
    }

    void screenshot(Path file) throws Exception {
        int height = evaluate("document.documentElement.scrollHeight").asInt();
        JsonNode shot = call(
                "Page.captureScreenshot",
                "{\"format\":\"png\",\"captureBeyondViewport\":true,\"clip\":{\"x\":0,\"y\":0,\"scale\":1,\"width\":"
                        + evaluate("innerWidth").asInt() + ",\"height\":" + height + "}}");
        Files.write(file, Base64.getDecoder().decode(shot.path("data").asText()));
    }

    /** Dialogs, uncaught exceptions and errors that the page or the browser logged. */
    List<String> troubles() {
        return List.copyOf(troubles);
    }

    /** Troubles that a test expects are none. */
    void forget(String containing) {
        troubles.removeIf(trouble -> trouble.contains(containing));
    }

    private JsonNode call(String method, String parameters) throws Exception {
        int id = lastId.incrementAndGet();
        CompletableFuture<JsonNode> answer = new CompletableFuture<>();
        answers.put(id, answer);
        socket.sendText("{\"id\":" + id + ",\"method\":\"" + method + "\",\"params\":" + parameters + "}", true)
                .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        return answer.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    private void hear(JsonNode message) {
        if (message.has("id")) {
            Optional.ofNullable(answers.remove(message.path("id").asInt()))
                    .ifPresent(answer -> answer.complete(message.path("result")));
            return;
        }
        switch (message.path("method").asText()) {
            case "Page.javascriptDialogOpening", "Runtime.exceptionThrown" ->
                troubles.add(message.path("params").toString());
            case "Log.entryAdded" -> {
                JsonNode entry = message.path("params").path("entry");
                if (entry.path("level").asText().equals("error")) {
                    troubles.add(entry.path("source").asText() + ": "
                            + entry.path("text").asText() + " "
                            + entry.path("url").asText());
                }
            }
            default -> {}
        }
    }

    private interface Look<T> {
        Optional<T> now() throws Exception;
    }

    private static <T> T await(String what, Look<T> look) throws Exception {
        Instant deadline = Instant.now().plus(PATIENCE);
        while (Instant.now().isBefore(deadline)) {
            Optional<T> found = look.now();
            if (found.isPresent()) {
                return found.get();
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
        throw new AssertionError("Not within " + PATIENCE + ": " + what);
    }

    @Override
    public void close() throws IOException {
        socket.abort();
        http.shutdownNow();
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            process.destroyForcibly();
        }
    }

    private final class Ears implements WebSocket.Listener {
        private final StringBuilder text = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
            text.append(data);
            if (last) {
                try {
                    hear(JSON.readTree(text.toString()));
                } catch (IOException e) {
                    troubles.add("not JSON: " + text);
                }
                text.setLength(0);
            }
            from.request(1);
            return CompletableFuture.completedFuture(null);
        }
    }
}
