package org.dreamboothactors.protocol;

import java.util.UUID;
import java.util.regex.Pattern;

/** Names of runs and tenants: parts of object keys, so they are narrow. */
public final class Ids {
    private static final Pattern ALLOWED = Pattern.compile("[a-z0-9-]{1,64}");

    private Ids() {}

    /** An id nobody has used or can guess. */
    public static String fresh() {
        return UUID.randomUUID().toString();
    }

    /** Whether a run or a tenant may be called so. */
    public static boolean isId(String name) {
        return ALLOWED.matcher(name).matches();
    }

    /** The run id itself, when it is one. */
    public static String run(String id) {
        return allowed("run id", id);
    }

    /** The tenant itself, when it is one. */
    public static String tenant(String id) {
        return allowed("tenant", id);
    }

    private static String allowed(String what, String id) {
        if (!isId(id)) {
            throw new IllegalArgumentException(
                    "Cannot use " + what + " '" + id + "': expected 1 to 64 characters of a-z, 0-9 and -");
        }
        return id;
    }
}
