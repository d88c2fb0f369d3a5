package org.dreamboothactors.actors.intake.photo;

import java.awt.color.ICC_Profile;
import java.util.Optional;

/**
 * What the structure of a file says before a pixel is decoded.
 *
 * @param width pixels as stored; 0 when the file does not come to that
 * @param height pixels as stored; 0 when the file does not come to that
 * @param frames pictures in the file
 * @param profile colours that our own code must convert from; empty where the decoder does it
 * @param damage why the file cannot be whole
 */
record PhotoHeader(
        int width,
        int height,
        int frames,
        Orientation orientation,
        Optional<ICC_Profile> profile,
        Optional<String> damage) {

    long pixels() {
        return (long) width * height;
    }

    String size() {
        return width + " x " + height + " pixels";
    }

    /** Collects while a file is walked through. */
    static final class Notes {
        private int width;
        private int height;
        private int frames;
        private Orientation orientation = Orientation.TOP_LEFT;
        private Optional<ICC_Profile> profile = Optional.empty();
        private Optional<String> damage = Optional.empty();

        void sized(long w, long h) {
            width = (int) Math.min(Integer.MAX_VALUE, w);
            height = (int) Math.min(Integer.MAX_VALUE, h);
        }

        boolean isSized() {
            return width > 0 && height > 0;
        }

        boolean isSized(long w, long h) {
            return width == w && height == h;
        }

        void frame() {
            frames++;
        }

        void frames(int many) {
            frames = many;
        }

        int frames() {
            return frames;
        }

        void oriented(Orientation told) {
            orientation = told;
        }

        void coloured(Optional<ICC_Profile> told) {
            profile = told;
        }

        /** The first damage is the one to tell. */
        void damaged(String what) {
            damage = damage.or(() -> Optional.of(what));
        }

        PhotoHeader header() {
            if (!isSized()) {
                damaged("it has no size: " + width + " x " + height + " pixels");
            }
            if (frames == 0) {
                damaged("it holds no picture");
            }
            return new PhotoHeader(width, height, frames, orientation, profile, damage);
        }
    }
}
