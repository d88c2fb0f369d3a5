package org.dreamboothactors.storage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A store that answers, and is not ready to work. */
class StartingStoreTest {
    private static final byte[] CONTENT = "content".getBytes(UTF_8);
    private static final Stored OBJECT = new Stored("a/one", CONTENT.length, Sha256.of(CONTENT));

    private final AtomicInteger reads = new AtomicInteger();
    private final Set<String> created = ConcurrentHashMap.newKeySet();
    private HttpServer server;
    private volatile int status = 503;
    private volatile String code = "";
    private volatile int refusals;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        boolean object = exchange.getRequestURI().getPath().endsWith(OBJECT.key());
        boolean isThere = exchange.getRequestHeaders().containsKey("If-None-Match")
                && !created.add(exchange.getRequestURI().getPath());
        if (isThere) {
            refuse(exchange, 412, "PreconditionFailed");
            return;
        }
        boolean refused = object && reads.getAndIncrement() < refusals;
        if (refused) {
            refuse(exchange, status, code);
            return;
        }
        byte[] body = object ? CONTENT : new byte[0];
        exchange.getResponseHeaders().set("Content-Type", "application/octet-stream");
        exchange.getResponseHeaders().set("Last-Modified", "Mon, 30 Nov 2026 00:00:00 GMT");
        exchange.getResponseHeaders().set("ETag", "\"e\"");
        exchange.sendResponseHeaders(200, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private static void refuse(HttpExchange exchange, int status, String code) throws IOException {
        byte[] body = ("<?xml version=\"1.0\"?><Error><Code>" + code + "</Code><Message>not now</Message></Error>")
                .getBytes(UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/xml");
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private ArtifactStore store() {
        return ArtifactStore.open(settings());
    }

    private StoreSettings settings() {
        return new StoreSettings(
                URI.create("http://127.0.0.1:" + server.getAddress().getPort()),
                "us-east-1",
                "bucket",
                "access",
                "secret-secret",
                Duration.ofSeconds(5),
                4);
    }

    @ParameterizedTest
    @CsvSource({
        "503, XMinioServerNotInitialized",
        "503, SlowDownRead",
        "429, TooManyRequests",
        "500, InternalFailure",
        "409, OperationAborted"
    })
    void isAskedAgain(int answered, String why) {
        status = answered;
        code = why;
        refusals = 3;
        try (ArtifactStore store = store()) {
            assertThat(store.readVerified(OBJECT)).isEqualTo(CONTENT);
        }
        assertThat(reads).hasValue(4);
    }

    @Test
    void isNotAskedAgainForWhatItRefuses() {
        status = 403;
        code = "AccessDenied";
        refusals = 9;
        try (ArtifactStore store = store()) {
            assertThatThrownBy(() -> store.readVerified(OBJECT)).hasMessageContaining("refused the credentials");
        }
        assertThat(reads).hasValue(1);
    }

    @Test
    void isRefusedWhereItKeepsNoMetadata() {
        try (ArtifactStore store = store()) {
            assertThatThrownBy(store::probe)
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining("Take a store that keeps metadata of objects");
        }
    }

    /** The store is well; to say that it did not answer would send people to the wrong machine. */
    @Test
    void isNotBlamedForTheDiskOfThisMachine(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "no folder");
        try (ArtifactStore store = store()) {
            assertThatThrownBy(() -> store.fetch(OBJECT, file.resolve("target")))
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining("cannot be written (java.nio.file.FileAlreadyExistsException")
                    .hasMessageContaining("after 1 attempts")
                    .hasMessageContaining("Check this machine's disk");
        }
        Path gone = folder.resolve("gone");
        try (Connection connection = Connection.to(settings())) {
            assertThatThrownBy(() -> new Writes(connection).put(OBJECT, gone))
                    .hasMessageContaining(gone + " cannot be read")
                    .hasMessageContaining("after 1 attempts");
        }
        assertThat(reads).hasValue(0);
    }
}
