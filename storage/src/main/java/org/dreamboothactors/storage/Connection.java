package org.dreamboothactors.storage;

import io.minio.MinioAsyncClient;
import io.minio.MinioClient;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import okhttp3.OkHttpClient;

/** One bucket through the MinIO SDK, and the sockets below it. */
record Connection(OkHttpClient http, MinioClient client, MinioAsyncClient parts, String bucket, Calls calls)
        implements AutoCloseable {
    private static final long LONGEST_CONNECT_MILLIS = 5_000;
    /** A checkpoint of 8 GB at 2 MB/s; a peer that sends a byte now and then would hold a call for ever otherwise. */
    private static final Duration LONGEST_CALL = Duration.ofMinutes(70);

    static Connection to(StoreSettings settings) {
        long timeoutMillis = settings.requestTimeout().toMillis();
        OkHttpClient http = new OkHttpClient.Builder()
                .connectTimeout(Math.min(timeoutMillis, LONGEST_CONNECT_MILLIS), TimeUnit.MILLISECONDS)
                .readTimeout(timeoutMillis, TimeUnit.MILLISECONDS)
                .writeTimeout(timeoutMillis, TimeUnit.MILLISECONDS)
                .callTimeout(LONGEST_CALL)
                .build();
        // The blocking client hides the calls on unfinished uploads.
        MinioAsyncClient parts = MinioAsyncClient.builder()
                .endpoint(settings.endpoint().toString())
                .region(settings.region())
                .credentials(settings.accessKey(), settings.secretKey())
                .httpClient(http)
                .build();
        MinioClient client = MinioClient.builder()
                .endpoint(settings.endpoint().toString())
                .region(settings.region())
                .credentials(settings.accessKey(), settings.secretKey())
                .httpClient(http)
                .build();
        return new Connection(http, client, parts, settings.bucket(), new Calls(settings));
    }

    @Override
    public void close() {
        http.dispatcher().executorService().shutdown();
        http.connectionPool().evictAll();
    }
}
