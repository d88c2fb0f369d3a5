package org.dreamboothactors.storage;

import java.net.URI;
import java.time.Duration;

/**
 * Where the artifact store is and how to reach it.
 *
 * @param endpoint of the S3-compatible server, e.g. {@code http://127.0.0.1:9000}
 * @param region e.g. {@code us-east-1}
 * @param bucket holds everything of one service
 * @param accessKey never shown
 * @param secretKey never shown
 * @param requestTimeout limit of one request, connecting included
 * @param attempts tries of one request before its error is final, at least 1
 */
public record StoreSettings(
        URI endpoint,
        String region,
        String bucket,
        String accessKey,
        String secretKey,
        Duration requestTimeout,
        int attempts) {
    @Override
    public String toString() {
        return "StoreSettings[endpoint=" + endpoint + ", bucket=" + bucket + "]";
    }
}
