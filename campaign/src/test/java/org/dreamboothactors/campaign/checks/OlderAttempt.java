package org.dreamboothactors.campaign.checks;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.dreamboothactors.storage.ArtifactStore;
import org.dreamboothactors.storage.CommitLog;
import org.dreamboothactors.storage.CommitLog.Kind;
import org.dreamboothactors.storage.StoreSettings;

/** A program that commits a state of attempt 1 to a run, as a trainer does that was delivered its old record late. */
public final class OlderAttempt {
    private OlderAttempt() {}

    /**
     * Takes what to commit to.
     *
     * @param args the endpoint of the store, its bucket, access key, secret key, and the run
     */
    public static void main(String... args) {
        try (ArtifactStore store = ArtifactStore.open(settings(URI.create(args[0]), args[1], args[2], args[3]))) {
            CommitLog.open(store, "runs/" + args[4] + "/").append(Kind.STATE, 30, 1, "cpu", "bits", List.of());
        }
    }

    static StoreSettings settings(URI endpoint, String bucket, String accessKey, String secretKey) {
        return new StoreSettings(endpoint, "us-east-1", bucket, accessKey, secretKey, Duration.ofSeconds(10), 3);
    }
}
