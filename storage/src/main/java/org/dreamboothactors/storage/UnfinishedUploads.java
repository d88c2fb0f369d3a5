package org.dreamboothactors.storage;

import io.minio.AbortMultipartUploadArgs;
import io.minio.ListMultipartUploadsArgs;
import io.minio.errors.MinioException;
import io.minio.messages.ListMultipartUploadsResult;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletionException;

/** The parts that crashed uploads left behind: invisible, but they fill the disk. */
record UnfinishedUploads(Connection store) {
    private static final int MOST_AT_ONCE = 1000;

    /** Drops uploads begun longer ago than this; returns how many. S3Proxy calls every upload new: zero drops all. */
    int abort(Duration olderThan) throws IOException, MinioException {
        try {
            ListMultipartUploadsResult found = store.parts()
                    .listMultipartUploads(ListMultipartUploadsArgs.builder()
                            .bucket(store.bucket())
                            .maxUploads(MOST_AT_ONCE)
                            .build())
                    .join()
                    .result();
            Instant limit = Instant.now().minus(olderThan);
            int aborted = 0;
            for (ListMultipartUploadsResult.Upload upload : found.uploads()) {
                if (!upload.initiated().toInstant().isAfter(limit)) {
                    store.parts()
                            .abortMultipartUpload(AbortMultipartUploadArgs.builder()
                                    .bucket(store.bucket())
                                    .object(upload.objectName())
                                    .uploadId(upload.uploadId())
                                    .build())
                            .join();
                    aborted++;
                }
            }
            return aborted;
        } catch (CompletionException e) {
            if (e.getCause() instanceof MinioException refusal) {
                throw refusal; // tells one that another try may change from one that none will
            }
            throw new IOException(String.valueOf(e.getCause()), e);
        }
    }
}
