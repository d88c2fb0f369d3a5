package org.dreamboothactors.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.dreamboothactors.embedded.EmbeddedKafka;
import org.dreamboothactors.storage.StorageException;
import org.dreamboothactors.storage.StoreSettings;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** They wait for what does not answer, side by side. */
@Timeout(120)
@Execution(ExecutionMode.CONCURRENT)
class ConnectIT {
    private static final Duration BOUND = Duration.ofSeconds(15);

    @TempDir
    static Path directory;

    private static ServiceSide service;

    @TempDir
    Path files;

    @BeforeAll
    static void start() {
        service = ServiceSide.start(directory);
    }

    @AfterAll
    static void stop() {
        service.close();
    }

    @Test
    void namesAKafkaAddressWhereNobodyListens() throws Exception {
        String address = "127.0.0.1:" + freePort();

        refuses(
                address,
                service.settings(),
                BrokerException.class,
                "Cannot reach Kafka at " + address + ": no broker answered within 10 s");
    }

    @Test
    void namesAKafkaAddressThatDoesNotExist() {
        refuses("nowhere.invalid:9092", service.settings(), BrokerException.class, "nowhere.invalid:9092");
        refuses("no address", service.settings(), BrokerException.class, "no address");
    }

    @Test
    void namesAServerThatIsSilent() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            String address = "127.0.0.1:" + silent.getLocalPort();
            URI endpoint = URI.create("http://" + address);

            refuses(address, service.settings(), BrokerException.class, address);
            refuses(service.kafka(), settings(endpoint), StorageException.class, address);
        }
    }

    @Test
    void namesTheAddressWhenKafkaAndStoreAreSwapped() {
        String store = service.endpoint().getAuthority();
        URI kafka = URI.create("http://" + service.kafka());

        refuses(store, service.settings(), BrokerException.class, "Cannot reach Kafka at " + store);
        refuses(service.kafka(), settings(kafka), StorageException.class, kafka.toString());
    }

    @Test
    void namesTheTopicsThatAnotherKafkaLacks() {
        try (EmbeddedKafka other = EmbeddedKafka.start(files, 0)) {
            refuses(other.bootstrapServers(), service.settings(), BrokerException.class, "lacks topics of the service");
        }
    }

    @Test
    void namesAStoreThatIsNotThereOrRefuses() throws Exception {
        URI nobody = URI.create("http://127.0.0.1:" + freePort());
        StoreSettings noBucket = ServiceSide.settings(service.endpoint(), "no-such-bucket", ServiceSide.SECRET);
        StoreSettings wrongSecret = ServiceSide.settings(service.endpoint(), "artifacts", "wrong-wrong");

        refuses(service.kafka(), settings(nobody), StorageException.class, nobody.toString());
        refuses(service.kafka(), noBucket, StorageException.class, "no-such-bucket");
        refuses(service.kafka(), wrongSecret, StorageException.class, "refused the credentials");
    }

    private static void refuses(
            String kafka, StoreSettings store, Class<? extends RuntimeException> error, String message) {
        long start = System.nanoTime();
        assertThatThrownBy(() -> DreamBoothClient.connect(kafka, store).close())
                .isInstanceOf(error)
                .hasMessageContaining(message)
                .satisfies(e -> assertThat(String.valueOf(e.getMessage())).doesNotContain(ServiceSide.SECRET));
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(BOUND);
    }

    private static StoreSettings settings(URI endpoint) {
        return ServiceSide.settings(endpoint, "artifacts", ServiceSide.SECRET);
    }

    private static int freePort() throws Exception {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
