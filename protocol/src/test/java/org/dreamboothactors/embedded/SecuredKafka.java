package org.dreamboothactors.embedded;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A broker with two doors: one for anybody, and one that asks for TLS and a password.
 *
 * @param open the broker; its address is that of the open door
 * @param secured address of the other
 * @param certificate of the broker, made for this start, as a trust store in PEM
 */
public record SecuredKafka(EmbeddedKafka open, String secured, Path certificate) implements AutoCloseable {
    public static final String USER = "ann";
    public static final String PASSWORD = "anns-password";
    private static final String STORE_PASSWORD = "of-the-key";

    public static SecuredKafka start(Path directory) throws IOException, InterruptedException {
        Files.createDirectories(directory);
        Path keys = directory.resolve("broker.p12");
        keytool(
                keys,
                "-genkeypair",
                "-alias",
                "broker",
                "-keyalg",
                "EC",
                "-dname",
                "CN=broker",
                "-ext",
                "san=ip:127.0.0.1");
        Path certificate = directory.resolve("broker.pem");
        keytool(keys, "-exportcert", "-rfc", "-alias", "broker", "-file", certificate.toString());
        String address = "127.0.0.1:" + freePort();
        EmbeddedKafka open = EmbeddedKafka.start(directory.resolve("kafka"), 0, settings -> {
            for (String key : List.of("listeners", "advertised.listeners")) {
                settings.merge(key, "SECURED://" + address, (old, more) -> old + "," + more);
            }
            settings.merge("listener.security.protocol.map", "SECURED:SASL_SSL", (old, more) -> old + "," + more);
            settings.putAll(Map.of(
                    "listener.name.secured.sasl.enabled.mechanisms",
                    "PLAIN",
                    "listener.name.secured.plain.sasl.jaas.config",
                    "org.apache.kafka.common.security.plain.PlainLoginModule required user_" + USER + "=\"" + PASSWORD
                            + "\";",
                    "listener.name.secured.ssl.keystore.location",
                    keys.toString(),
                    "listener.name.secured.ssl.keystore.password",
                    STORE_PASSWORD));
        });
        return new SecuredKafka(open, address, certificate);
    }

    private static void keytool(Path keys, String... arguments) throws IOException, InterruptedException {
        ProcessBuilder keytool = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        keytool.command().addAll(List.of(arguments));
        keytool.command().addAll(List.of("-keystore", keys.toString(), "-storepass", STORE_PASSWORD));
        Process made = keytool.inheritIO().start();
        if (made.waitFor() != 0) {
            throw new IOException("keytool ended with " + made.exitValue());
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Override
    public void close() {
        open.close();
    }
}
