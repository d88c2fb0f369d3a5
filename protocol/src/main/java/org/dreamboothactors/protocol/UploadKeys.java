package org.dreamboothactors.protocol;

import java.util.regex.Pattern;

/** Keys under which tenants upload. What a client says a key is may be anything. */
public final class UploadKeys {
    /** Parts that no store and no file system reads in a way of its own. */
    private static final Pattern NAME =
            Pattern.compile("(?:[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}/){0,4}" + "[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}");

    private UploadKeys() {}

    /** Whether an object is one that a client of the tenant uploaded, by its key. */
    public static boolean belongs(String tenant, String key) {
        String home = "uploads/" + tenant + "/";
        return Ids.isId(tenant)
                && key.startsWith(home)
                && NAME.matcher(key.substring(home.length())).matches();
    }
}
