package org.dreamboothactors.actors.coordinator;

import java.util.regex.Pattern;

/** Names that clients give and that become part of keys. */
final class Ids {
    private static final Pattern ID = Pattern.compile("[a-z0-9-]{1,64}");

    private Ids() {}

    /** Whether a run or a tenant may be called so. */
    static boolean isId(String name) {
        return ID.matcher(name).matches();
    }
}
