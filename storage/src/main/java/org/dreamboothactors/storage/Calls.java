package org.dreamboothactors.storage;

import io.minio.errors.ErrorResponseException;
import io.minio.errors.InvalidResponseException;
import io.minio.errors.MinioException;
import io.minio.errors.ServerException;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/** Runs requests with bounded retries and turns the client's errors into sentences. */
final class Calls {
    static final String[] NO_OBJECT = {"NoSuchKey", "NoSuchObject"};
    private static final Set<String> RETRIED =
            Set.of("InternalError", "SlowDown", "ServiceUnavailable", "RequestTimeout", "OperationAborted");
    /** Of servers that cannot now: stores say why in words of their own, such as MinIO when it starts or lacks disks. */
    private static final Set<Integer> RETRIED_STATUS = Set.of(429, 500, 502, 503, 504);

    private static final long FIRST_PAUSE_MILLIS = 100;
    private static final long LONGEST_PAUSE_MILLIS = 5_000;
    /**
     * After so many tries there is no further one beyond this time: a store that does not even refuse takes the whole timeout
     * of each. One long transfer that breaks has its tries.
     */
    private static final int FEW = 5;

    private static final Duration LONGEST = Duration.ofMinutes(5);

    private final StoreSettings settings;

    Calls(StoreSettings settings) {
        this.settings = settings;
    }

    interface Call<T> {
        T run() throws MinioException, IOException;
    }

    /**
     * Runs an idempotent request, again after a pause when the connection or the server failed.
     *
     * @param what completes "Cannot ...", e.g. {@code read runs/a/log/1}
     */
    <T> T run(String what, Call<T> call) {
        long begin = System.nanoTime();
        long pause = FIRST_PAUSE_MILLIS;
        for (int attempt = 1; ; attempt++) {
            try {
                return call.run();
            } catch (MinioException | IOException | IllegalStateException e) { // the last wraps connection errors
                boolean late = attempt >= FEW && System.nanoTime() - begin > LONGEST.toNanos();
                if (attempt >= settings.attempts() || late || !passing(e)) {
                    throw explained(what, e, attempt);
                }
                pause(what, pause / 2 + ThreadLocalRandom.current().nextLong(pause));
                pause = Math.min(LONGEST_PAUSE_MILLIS, pause * 2);
            }
        }
    }

    static boolean isCode(Throwable error, String... codes) {
        return error instanceof ErrorResponseException response
                && response.errorResponse().code() != null
                && Set.of(codes).contains(response.errorResponse().code());
    }

    private static boolean passing(Exception error) {
        return switch (error) {
            case ErrorResponseException response ->
                RETRIED.contains(String.valueOf(response.errorResponse().code()))
                        || RETRIED_STATUS.contains(response.response().code());
            case ServerException server -> true;
            case InvalidResponseException proxy -> true; // a page in HTML, from one that has no store behind it
            case CorruptObjectException corrupt -> false;
            case LocalFileException local -> local.mayPass();
            case IOException connection -> true;
            default -> error.getCause() instanceof IOException;
        };
    }

    private StorageException explained(String what, Exception error, int attempts) {
        String where = " in bucket " + settings.bucket() + " at " + settings.endpoint();
        if (error instanceof CorruptObjectException) {
            return new StorageException("Cannot " + what + where + ": " + error.getMessage(), error);
        }
        if (error instanceof LocalFileException) {
            return new StorageException(
                    "Cannot " + what + ": " + error.getMessage() + ", after " + attempts
                            + " attempts. Check this machine's disk",
                    error);
        }
        if (isCode(error, "InvalidAccessKeyId", "SignatureDoesNotMatch", "AccessDenied")) {
            return new StorageException(
                    "Cannot " + what + where + ": the store refused the credentials ("
                            + ((ErrorResponseException) error).errorResponse().code()
                            + "). Check access key, secret key and their rights on the bucket",
                    error);
        }
        if (isCode(error, "NoSuchBucket")) {
            return new StorageException(
                    "Cannot " + what + where + ": there is no such bucket. Create it or name another", error);
        }
        if (error instanceof ErrorResponseException response) {
            String answer = "Cannot " + what + where + ": the store answered "
                    + response.errorResponse().code() + ", "
                    + response.errorResponse().message();
            return isCode(error, NO_OBJECT)
                    ? new MissingObjectException(answer, error)
                    : new StorageException(answer, error);
        }
        return new StorageException(
                "Cannot " + what + where + ": no answer after " + attempts + " attempts (" + error.getMessage()
                        + "). Check that the store is reachable and has space",
                error);
    }

    private static void pause(String what, long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StorageException("Cannot " + what + ": interrupted while waiting to try again", e);
        }
    }
}
