package org.dreamboothactors.protocol;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * How to reach a Kafka cluster: what the properties of every client begin with.
 *
 * @param bootstrapServers {@code host:port} separated by commas
 * @param security properties of connecting securely: {@code security.protocol}, {@code sasl.*} and {@code ssl.*}; empty
 *     where the cluster asks for nothing. They hold passwords and are not shown
 */
public record KafkaConnection(String bootstrapServers, Map<String, String> security) {
    private static final long MOST_BYTES = 1 << 20;

    public KafkaConnection {
        security = Map.copyOf(security);
        List<String> others = security.keySet().stream()
                .filter(key -> !isSecurity(key))
                .sorted()
                .toList();
        if (!others.isEmpty()) {
            throw new IllegalArgumentException(String.join(", ", others) + (others.size() == 1 ? " is" : " are")
                    + " not of connecting securely, expected security.protocol, sasl.* and ssl.* alone. Remove "
                    + (others.size() == 1 ? "it" : "them")
                    + ": the rest is set for each client, and addresses are given beside the file");
        }
    }

    /** To a cluster that asks for neither TLS nor SASL. */
    public static KafkaConnection plain(String bootstrapServers) {
        return new KafkaConnection(bootstrapServers, Map.of());
    }

    /**
     * As a file of client properties says, such as Kafka's own tools take with {@code --command-config}.
     *
     * @throws IllegalArgumentException naming the file when it cannot be read or has other keys than those of
     *     connecting securely
     */
    public static KafkaConnection read(String bootstrapServers, Path file) {
        Properties values = new Properties();
        try (Reader text = Files.newBufferedReader(file)) {
            if (Files.size(file) > MOST_BYTES) {
                throw new IllegalArgumentException(Files.size(file) + " bytes, expected at most " + MOST_BYTES);
            }
            values.load(text);
            return new KafkaConnection(
                    bootstrapServers,
                    values.stringPropertyNames().stream()
                            .collect(Collectors.toMap(
                                    key -> key, key -> values.getProperty(key).strip())));
        } catch (NoSuchFileException e) {
            throw new IllegalArgumentException(
                    "Cannot read " + file + ": there is no such file, expected one of Kafka client properties", e);
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "Cannot read " + file + ": " + e + ", expected a readable file of Kafka client properties", e);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("Cannot use " + file + ": " + e.getMessage(), e);
        }
    }

    /** The properties of a client that wants these beside the connection's. */
    public Map<String, Object> with(Map<String, ?> more) {
        Map<String, Object> properties = new HashMap<>(more);
        properties.put("bootstrap.servers", bootstrapServers);
        properties.putAll(security);
        return properties;
    }

    /** Shows no values but the addresses. */
    @Override
    public String toString() {
        return "KafkaConnection[" + bootstrapServers + ", " + new TreeSet<>(security.keySet()) + "]";
    }

    private static boolean isSecurity(String key) {
        return key.equals("security.protocol") || key.startsWith("sasl.") || key.startsWith("ssl.");
    }
}
