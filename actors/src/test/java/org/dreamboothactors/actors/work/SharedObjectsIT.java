package org.dreamboothactors.actors.work;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.dreamboothactors.actors.work.SharedObjects.DamagedObject;
import org.dreamboothactors.storage.ArtifactStore;
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

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }
}
