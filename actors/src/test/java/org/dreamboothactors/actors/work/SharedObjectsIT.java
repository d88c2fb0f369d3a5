package org.dreamboothactors.actors.work;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.dreamboothactors.actors.work.SharedObjects.DamagedObject;
import org.dreamboothactors.storage.ArtifactStore;
import org.dreamboothactors.storage.StorageException;
import org.dreamboothactors.storage.StoreSettings;
import org.dreamboothactors.storage.Stored;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SharedObjectsIT {
    @TempDir
    static Path folder = Path.of("");

    private static NodeBench bench;
    private static ArtifactStore store;

    @BeforeAll
    static void start() {
        bench = new NodeBench(folder);
        store = bench.store();
    }

    @AfterAll
    static void stop() {
        bench.close();
    }

    @Test
    void fetchesWhatIsWell() {
        Stored latent = store.put("latents/class/well", bytes("latent"));

        new SharedObjects(store).fetch(latent, folder.resolve("well"));

        assertThat(folder.resolve("well")).hasContent("latent");
    }

    @Test
    void forgetsWhatWasDamaged() throws IOException {
        Stored latent = store.put("latents/class/damaged", bytes("latent"));
        Files.write(folder.resolve("s3/bucket/" + latent.key()), bytes("Latent")); // what the store says of it stays

        assertThatThrownBy(() -> new SharedObjects(store).fetch(latent, folder.resolve("damaged")))
                .isInstanceOf(DamagedObject.class)
                .hasMessageContaining("latents/class/damaged was damaged")
                .hasMessageContaining("Ask for the run again");
        assertThat(store.stat(latent.key())).isEmpty();
    }

    @Test
    void forgetsAPictureThatWasCutShortWithItsGroup() throws IOException {
        Stored picture = store.put("class-images/cut/0.png", bytes("picture"));
        store.put("class-images/cut/" + SharedObjects.GROUP_LIST, bytes("list"));
        Files.write(folder.resolve("s3/bucket/" + picture.key()), bytes("pic"));

        assertThatThrownBy(() -> new SharedObjects(store).fetch(picture, folder.resolve("cut")))
                .isInstanceOf(DamagedObject.class)
                .hasMessageContaining("was damaged");
        assertThat(store.list("class-images/cut/")).isEmpty();
    }

    @Test
    void leavesWhatWasMadeAnew() {
        Stored latent = store.put("latents/class/anew", bytes("latent"));
        Stored anew = store.put(latent.key(), bytes("Latent"));

        assertThatThrownBy(() -> new SharedObjects(store).fetch(latent, folder.resolve("anew")))
                .isInstanceOf(DamagedObject.class)
                .hasMessageContaining("latents/class/anew is another");
        assertThat(store.stat(latent.key())).contains(anew);
    }

    @Test
    void forgetsAGroupOfClassImagesThatLacksOne() {
        Stored picture = store.put("class-images/abc/0.png", bytes("picture"));
        store.put("class-images/abc/" + SharedObjects.GROUP_LIST, bytes("list"));
        store.remove(picture.key());

        assertThatThrownBy(() -> new SharedObjects(store).fetch(picture, folder.resolve("picture")))
                .isInstanceOf(DamagedObject.class)
                .hasMessageContaining("is missing");
        assertThat(store.list("class-images/abc/")).isEmpty();
    }

    @Test
    void whatAClientBroughtAndIsGoneIsToBeUploadedAgain() {
        Stored lora = store.put("uploads/t/gone", bytes("lora"));
        store.remove(lora.key());

        assertThatThrownBy(() -> new SharedObjects(store).fetchGiven(lora, folder.resolve("gone")))
                .isInstanceOf(DamagedObject.class)
                .hasMessageContaining("uploads/t/gone is missing in the store. Upload it again");
    }

    @Test
    void whatAClientBroughtIsNobodysToForget() {
        Stored lora = store.put("uploads/t/another", bytes("lora"));
        Stored there = store.put(lora.key(), bytes("Lora"));

        assertThatThrownBy(() -> new SharedObjects(store).fetchGiven(lora, folder.resolve("another")))
                .isInstanceOf(DamagedObject.class)
                .hasMessageContaining("has another content than it was announced with");
        assertThat(store.stat(lora.key())).contains(there);
    }

    @Test
    void aDiskThatIsOutOfOrderIsNoDamage() throws IOException {
        Stored latent = store.put("latents/class/no-room", bytes("latent"));
        Path target = Files.createFile(folder.resolve("no-folder")).resolve("target");

        assertThatThrownBy(() -> new SharedObjects(store).fetch(latent, target)).isInstanceOf(StorageException.class);
        assertThat(store.stat(latent.key())).contains(latent);
    }

    /** From some time on it answers 404 to whatever it is asked, and knows nothing of the store behind it. */
    @Test
    void aProxyThatHasNoStoreBehindItIsNoDamage() throws IOException {
        HttpServer proxy = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        AtomicBoolean isAlone = new AtomicBoolean();
        proxy.createContext("/", exchange -> {
            byte[] page = bytes("<html><body>no such site</body></html>");
            exchange.getResponseHeaders().set("Content-Type", "text/html");
            boolean hasBody = !exchange.getRequestMethod().equals("HEAD");
            exchange.sendResponseHeaders(isAlone.get() ? 404 : 200, hasBody ? page.length : -1);
            if (hasBody) {
                exchange.getResponseBody().write(page);
            }
            exchange.close();
        });
        proxy.start();
        URI address = URI.create("http://127.0.0.1:" + proxy.getAddress().getPort());
        try (ArtifactStore behind = ArtifactStore.open(
                new StoreSettings(address, "us-east-1", "bucket", "key", "secret", Duration.ofSeconds(5), 2))) {
            isAlone.set(true);
            assertThatThrownBy(() -> new SharedObjects(behind)
                            .fetchGiven(new Stored("uploads/t/lora", 4, "abcd"), folder.resolve("proxied")))
                    .isInstanceOf(StorageException.class);
        } finally {
            proxy.stop(0);
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }
}
