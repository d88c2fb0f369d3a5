package org.dreamboothactors.actors.intake.photo;

import com.drew.lang.ByteArrayReader;
import com.drew.metadata.Metadata;
import com.drew.metadata.exif.ExifIFD0Directory;
import com.drew.metadata.exif.ExifReader;
import java.util.Optional;

/** Where the first row and the first column of a file belong in the upright picture: EXIF tag 274, values 1 to 8. */
enum Orientation {
    TOP_LEFT(false, false, false),
    TOP_RIGHT(false, true, false),
    BOTTOM_RIGHT(false, true, true),
    BOTTOM_LEFT(false, false, true),
    LEFT_TOP(true, false, false),
    RIGHT_TOP(true, true, false),
    RIGHT_BOTTOM(true, true, true),
    LEFT_BOTTOM(true, false, true);

    private final boolean transposed;
    private final boolean rightToLeft;
    private final boolean bottomToTop;

    Orientation(boolean transposed, boolean rightToLeft, boolean bottomToTop) {
        this.transposed = transposed;
        this.rightToLeft = rightToLeft;
        this.bottomToTop = bottomToTop;
    }

    /** The orientation that EXIF data tell; upright when they tell none or make no sense. */
    static Orientation of(byte[] exif) {
        try {
            Metadata metadata = new Metadata();
            new ExifReader().extract(new ByteArrayReader(exif), metadata);
            return metadata.getDirectoriesOfType(ExifIFD0Directory.class).stream()
                    .flatMap(directory ->
                            Optional.ofNullable(directory.getInteger(ExifIFD0Directory.TAG_ORIENTATION)).stream())
                    .filter(value -> value >= 1 && value <= values().length)
                    .findFirst()
                    .map(value -> values()[value - 1])
                    .orElse(TOP_LEFT);
        } catch (RuntimeException e) { // damaged metadata must not cost a good picture
            return TOP_LEFT;
        }
    }

    int uprightWidth(int width, int height) {
        return transposed ? height : width;
    }

    int uprightHeight(int width, int height) {
        return transposed ? width : height;
    }

    /** Number of the upright picture's pixel, row by row, that the file's pixel (x, y) becomes. */
    int uprightIndex(int x, int y, int width, int height) {
        int column = transposed ? y : x;
        int row = transposed ? x : y;
        int columns = uprightWidth(width, height);
        int rows = uprightHeight(width, height);
        return (bottomToTop ? rows - 1 - row : row) * columns + (rightToLeft ? columns - 1 - column : column);
    }
}
