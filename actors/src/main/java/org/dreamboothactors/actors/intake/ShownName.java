package org.dreamboothactors.actors.intake;

import java.util.regex.Pattern;

/** A client's name for a photo as people may see it: without what moves a cursor, turns text around or has no end. */
final class ShownName {
    private static final int LONGEST = 200;
    private static final Pattern UNSHOWABLE = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}]");

    private ShownName() {}

    static String of(String name) {
        String start = name.substring(0, Math.min(name.length(), 4 * LONGEST)); // a name may be megabytes
        String shown = UNSHOWABLE.matcher(start).replaceAll("");
        return shown.codePointCount(0, shown.length()) <= LONGEST
                ? shown
                : shown.substring(0, shown.offsetByCodePoints(0, LONGEST));
    }
}
