package org.dreamboothactors.campaign.sabotage;

import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.dreamboothactors.campaign.network.Door;
import org.dreamboothactors.storage.ArtifactStore;
import org.dreamboothactors.storage.StoreSettings;

/**
 * A store that does not keep {@code If-None-Match} for commits: each takes the place of the one that was there.
 *
 * <p>The header is signed, so it cannot be taken out on the way. What was there is removed instead, just before the
 * request that must not replace it is passed on. Other objects are as safe as ever, also those by which a node tries the
 * store when it starts.
 */
public final class ForgetfulStore implements Door.Requests {
    private static final int LONGEST_LINE = 512;
    private static final Pattern COMMIT = Pattern.compile("^PUT /[^/ ]+/(runs/[^ ?]+/log/[0-9]+)[ ?]");

    private final StoreSettings behind;

    /** @param behind the store itself, not its door */
    public ForgetfulStore(StoreSettings behind) {
        this.behind = behind;
    }

    @Override
    public void passing(byte[] bytes, int length) {
        Matcher commit =
                COMMIT.matcher(new String(bytes, 0, Math.min(length, LONGEST_LINE), StandardCharsets.ISO_8859_1));
        if (commit.find()) {
            try (ArtifactStore store = ArtifactStore.open(behind)) {
                store.remove(commit.group(1));
            }
        }
    }
}
