package org.dreamboothactors.diffusion.images;

import static org.dreamboothactors.diffusion.images.RgbImage.CHANNELS;

/**
 * Resizing with the filter widened when shrinking, as Pillow does it: bilinear for every DreamBooth script, bicubic for CLIP.
 *
 * <p>Rows first, then columns, rounded to bytes in between, weights in fixed point: the same bytes on every machine.
 */
public final class Resize {
    private static final int PRECISION_BITS = 22;
    private static final int HALF = 1 << (PRECISION_BITS - 1);

    /** How much of a pixel counts by its distance. */
    public enum Filter {
        BILINEAR(1) {
            @Override
            double weight(double distance) {
                return Math.max(0, 1 - distance);
            }
        },
        /** Keys 1981, with a = -0.5. */
        BICUBIC(2) {
            @Override
            double weight(double distance) {
                if (distance < 1) {
                    return (1.5 * distance - 2.5) * distance * distance + 1;
                }
                return distance < 2 ? ((-0.5 * distance + 2.5) * distance - 4) * distance + 2 : 0;
            }
        };

        private final double reach;

        Filter(double reach) {
            this.reach = reach;
        }

        abstract double weight(double distance);
    }

    /** Where a new pixel takes its values from. */
    @SuppressWarnings("ArrayRecordComponent") // short-lived, never compared
    private record Taps(int first, int[] weights) {}

    private Resize() {}

    /** Scales the shorter side to {@code size}, the other in proportion. */
    public static RgbImage shortSide(RgbImage image, int size) {
        return shortSide(image, size, Filter.BILINEAR);
    }

    /** The same with a filter of choice. */
    public static RgbImage shortSide(RgbImage image, int size, Filter filter) {
        int width = image.width();
        int height = image.height();
        return width <= height
                ? to(image, size, (int) ((long) size * height / width), filter)
                : to(image, (int) ((long) size * width / height), size, filter);
    }

    /** Scales to exactly this size. */
    public static RgbImage to(RgbImage image, int width, int height) {
        return to(image, width, height, Filter.BILINEAR);
    }

    private static RgbImage to(RgbImage image, int width, int height, Filter filter) {
        RgbImage wide = width == image.width() ? image : horizontal(image, width, filter);
        return height == wide.height() ? wide : transpose(horizontal(transpose(wide), height, filter));
    }

    private static RgbImage horizontal(RgbImage image, int width, Filter filter) {
        Taps[] taps = taps(image.width(), width, filter);
        byte[] out = new byte[width * image.height() * CHANNELS];
        int to = 0;
        for (int y = 0; y < image.height(); y++) {
            for (Taps tap : taps) {
                for (int c = 0; c < CHANNELS; c++) {
                    int sum = HALF;
                    for (int k = 0; k < tap.weights.length; k++) {
                        sum += image.at(tap.first + k, y, c) * tap.weights[k];
                    }
                    out[to++] = (byte) Math.clamp(sum >> PRECISION_BITS, 0, 255);
                }
            }
        }
        return new RgbImage(width, image.height(), out);
    }

    private static RgbImage transpose(RgbImage image) {
        byte[] out = new byte[image.rgb().length];
        int to = 0;
        for (int x = 0; x < image.width(); x++) {
            for (int y = 0; y < image.height(); y++) {
                for (int c = 0; c < CHANNELS; c++) {
                    out[to++] = (byte) image.at(x, y, c);
                }
            }
        }
        return new RgbImage(image.height(), image.width(), out);
    }

    private static Taps[] taps(int from, int to, Filter filter) {
        double scale = (double) from / to;
        double widening = Math.max(scale, 1);
        double support = filter.reach * widening;
        Taps[] taps = new Taps[to];
        for (int i = 0; i < to; i++) {
            double centre = (i + 0.5) * scale;
            int first = Math.max(0, (int) (centre - support + 0.5));
            int end = Math.min(from, (int) (centre + support + 0.5));
            double[] weights = new double[end - first];
            double sum = 0;
            for (int k = 0; k < weights.length; k++) {
                weights[k] = filter.weight(Math.abs((first + k - centre + 0.5) / widening));
                sum += weights[k];
            }
            int[] fixed = new int[weights.length];
            for (int k = 0; k < fixed.length; k++) {
                fixed[k] = (int) (Math.copySign(0.5, weights[k]) + weights[k] / sum * (1 << PRECISION_BITS));
            }
            taps[i] = new Taps(first, fixed);
        }
        return taps;
    }
}
