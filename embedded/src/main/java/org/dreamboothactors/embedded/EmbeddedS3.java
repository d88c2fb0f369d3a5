package org.dreamboothactors.embedded;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import org.gaul.s3proxy.AuthenticationType;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.nio2blob.FilesystemNio2BlobStore;

/**
 * An S3 server in this JVM that keeps objects as files, loopback only.
 *
 * <p>S3Proxy on its {@code filesystem} provider. Version 4 is needed: before it, conditional writes were racy.
 */
public final class EmbeddedS3 implements AutoCloseable {
    private final S3Proxy server;

    private EmbeddedS3(S3Proxy server) {
        this.server = server;
    }

    /**
     * Starts a server and waits until it serves.
     *
     * @param directory of its buckets; made when it is new
     * @param port to listen on; 0 takes a free one
     */
    public static EmbeddedS3 start(Path directory, int port, String accessKey, String secretKey) {
        try {
            Files.createDirectories(directory);
            refuseWithoutAttributes(directory);
            HalfWritten.sweep(directory);
            S3Proxy server = S3Proxy.builder()
                    .blobStore(new FilesystemNio2BlobStore(directory.toString()))
                    .endpoint(URI.create("http://127.0.0.1:" + (port == 0 ? freePort() : port)))
                    .awsAuthentication(AuthenticationType.AWS_V2_OR_V4, accessKey, secretKey)
                    .ignoreUnknownHeaders(true)
                    .build();
            server.start();
            return new EmbeddedS3(server);
        } catch (Exception e) { // start() declares no narrower type
            throw new IllegalStateException("Cannot start the S3 server in " + directory + ": " + e.getMessage(), e);
        }
    }

    /** S3Proxy keeps metadata in them, and says nothing where it cannot: every object would lose its digest. */
    private static void refuseWithoutAttributes(Path directory) throws IOException {
        if (!Files.getFileStore(directory).supportsFileAttributeView(UserDefinedFileAttributeView.class)) {
            throw new IOException(
                    "its file system (" + Files.getFileStore(directory).type()
                            + ") keeps no extended attributes, expected one that does, such as ext4, xfs or APFS."
                            + " Give another folder");
        }
    }

    /** For clients, with its port. */
    public URI endpoint() {
        return URI.create("http://127.0.0.1:" + server.getPort());
    }

    /** Stops serving; objects stay. */
    @Override
    public void close() {
        try {
            server.stop();
        } catch (Exception e) { // stop() declares no narrower type
            throw new IllegalStateException("Cannot stop the S3 server: " + e.getMessage(), e);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
