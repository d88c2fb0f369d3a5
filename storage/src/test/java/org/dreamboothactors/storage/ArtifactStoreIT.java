package org.dreamboothactors.storage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.minio.CreateMultipartUploadArgs;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.dreamboothactors.embedded.EmbeddedS3;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArtifactStoreIT {
    @TempDir
    static Path directory;

    private static EmbeddedS3 server;

    @TempDir
    Path files;

    @BeforeAll
    static void start() {
        server = EmbeddedS3.start(directory, 0, "access", "secret-secret");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static StoreSettings settings(URI endpoint, String bucket, String secret) {
        return new StoreSettings(endpoint, "us-east-1", bucket, "access", secret, Duration.ofSeconds(10), 4);
    }

    private static ArtifactStore store() {
        return ArtifactStore.openOrCreate(settings(server.endpoint(), "artifacts", "secret-secret"));
    }

    @Test
    void givesBackWhatWasPut() {
        try (ArtifactStore store = store()) {
            Stored stored = store.put("a/one", "content".getBytes(UTF_8));

            assertThat(store.stat("a/one")).contains(stored);
            assertThat(store.readVerified(stored)).isEqualTo("content".getBytes(UTF_8));
            assertThat(store.readRange("a/one", 3, 2)).isEqualTo("te".getBytes(UTF_8));
            assertThat(store.list("a/")).containsExactly("a/one");

            store.remove("a/one");
            store.remove("a/one");
            assertThat(store.stat("a/one")).isEmpty();
        }
    }

    /** S3Proxy writes to such a name first, and would list what a killed process left there. */
    @Test
    void doesNotSeeWhatTheEmbeddedStoreWasWritingWhenItWasKilled() throws Exception {
        String odd = "d/one-58a8f75a-8315-4b1e-bda7-880d06f4c0e9"; // a client may like such names
        Path home = files.resolve("killed");
        try (EmbeddedS3 before = EmbeddedS3.start(home, 0, "access", "secret-secret");
                ArtifactStore store =
                        ArtifactStore.openOrCreate(settings(before.endpoint(), "bucket", "secret-secret"))) {
            store.put("d/one", "content".getBytes(UTF_8));
            store.put(odd, "content".getBytes(UTF_8));
        }
        Path half = home.resolve("bucket/d/one-00000000-8315-4b1e-bda7-880d06f4c0e9");
        Files.writeString(half, "cont");

        try (EmbeddedS3 after = EmbeddedS3.start(home, 0, "access", "secret-secret");
                ArtifactStore store =
                        ArtifactStore.openOrCreate(settings(after.endpoint(), "bucket", "secret-secret"))) {
            assertThat(store.list("d/")).containsExactlyInAnyOrder("d/one", odd);
        }
        assertThat(half).doesNotExist();
    }

    @Test
    void noticesAnObjectThatWasReplaced() {
        try (ArtifactStore store = store()) {
            Stored stored = store.put("b/one", "content".getBytes(UTF_8));
            store.put("b/one", "CONTENT".getBytes(UTF_8));

            Path target = files.resolve("target");
            assertThatThrownBy(() -> store.fetch(stored, target)).hasMessageContaining("damaged or replaced");
            assertThatThrownBy(() -> store.verify(stored)).hasMessageContaining(stored.sha256());
            assertThatThrownBy(() -> store.readVerified(stored)).isInstanceOf(StorageException.class);
            assertThat(files).isEmptyDirectory();
        }
    }

    @Test
    void keepsLargeFilesInPartsAndBlobsOnce() throws Exception {
        byte[] content = new byte[70 << 20]; // more than one part
        new Random(1).nextBytes(content);
        Path file = Files.write(files.resolve("large"), content);
        try (ArtifactStore store = store()) {
            Stored blob = store.putBlob("c/", file);

            assertThat(blob.key()).isEqualTo("c/blobs/" + Sha256.of(content));
            assertThat(store.putBlob("c/", file)).isEqualTo(blob);
            store.verify(blob);
            Path back = files.resolve("deep/er/back");
            store.fetch(blob, back);
            assertThat(Files.mismatch(file, back)).isEqualTo(-1);
        }
    }

    @Test
    void createsOnce() {
        try (ArtifactStore store = store()) {
            assertThat(store.createOnce("d/one", new byte[] {1})).isTrue();
            assertThat(store.createOnce("d/one", new byte[] {2})).isFalse();
            assertThat(store.read("d/one", 10)).containsExactly(1);
            store.probe();
        }
    }

    @Test
    void refusesMoreThanTheLimit() {
        try (ArtifactStore store = store()) {
            store.put("e/one", new byte[11]);
            assertThatThrownBy(() -> store.read("e/one", 10)).hasMessageContaining("more than 10 bytes");
        }
    }

    @Test
    void dropsUnfinishedUploads() throws Exception {
        StoreSettings settings = settings(server.endpoint(), "unfinished", "secret-secret");
        try (ArtifactStore store = ArtifactStore.openOrCreate(settings);
                Connection connection = Connection.to(settings)) {
            connection
                    .parts()
                    .createMultipartUpload(CreateMultipartUploadArgs.builder()
                            .bucket("unfinished")
                            .object("half")
                            .build())
                    .get();

            assertThat(store.abortUnfinishedUploads(Duration.ofHours(1))).isZero();
            assertThat(store.abortUnfinishedUploads(Duration.ZERO)).isEqualTo(1);
            assertThat(store.abortUnfinishedUploads(Duration.ZERO)).isZero();
        }
    }

    @Test
    void signsLinks() throws Exception {
        try (ArtifactStore store = store()) {
            store.put("f/one", "open".getBytes(UTF_8));
            URI link = store.presign("f/one", Duration.ofMinutes(1));
            try (InputStream in = link.toURL().openStream()) {
                assertThat(in.readAllBytes()).isEqualTo("open".getBytes(UTF_8));
            }
        }
    }

    @Test
    void saysWhatIsWrongWithTheSettings() {
        assertThatThrownBy(() -> ArtifactStore.open(settings(server.endpoint(), "nowhere", "secret-secret")))
                .hasMessageContaining("no such bucket");
        assertThatThrownBy(() -> ArtifactStore.open(settings(server.endpoint(), "artifacts", "wrong")))
                .hasMessageContaining("refused the credentials");
        assertThatThrownBy(() ->
                        ArtifactStore.open(settings(URI.create("http://127.0.0.1:1"), "artifacts", "secret-secret")))
                .hasMessageContaining("Check that the store is reachable");
    }

    @Test
    void triesAgainWhenTheConnectionIsCut() throws Exception {
        byte[] content = new byte[1 << 20];
        new Random(2).nextBytes(content);
        try (ArtifactStore store = store()) {
            Stored stored = store.put("g/one", content);
            try (CuttingProxy proxy = new CuttingProxy(server.endpoint(), 2, 100_000);
                    ArtifactStore far =
                            ArtifactStore.openOrCreate(settings(proxy.endpoint(), "artifacts", "secret-secret"))) {
                assertThat(far.readVerified(stored)).isEqualTo(content);
                assertThat(proxy.cutsLeft()).isZero();
            }
        }
    }

    @Test
    void keepsTheDigestOfForeignObjectsEmpty() throws Exception {
        try (ArtifactStore store = store();
                Connection connection = Connection.to(settings(server.endpoint(), "artifacts", "secret-secret"))) {
            connection
                    .client()
                    .putObject(io.minio.PutObjectArgs.builder()
                            .bucket("artifacts")
                            .object("h/one")
                            .data(new byte[3], 3)
                            .build());
            assertThat(store.stat("h/one")).isEqualTo(Optional.of(new Stored("h/one", 3, "")));
            assertThat(store.list("h/")).isEqualTo(List.of("h/one"));
        }
    }
}
