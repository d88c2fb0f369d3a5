package org.dreamboothactors.toyworld.pretraining;

import org.dreamboothactors.diffusion.images.RgbImage;
import org.dreamboothactors.toyworld.Chance;

/**
 * Pictures of leaves that fell on each other (Lee, Mumford and Huang 2001): edges, sizes and textures are spread as in
 * photos. An autoencoder that can keep them keeps photos too, which the toy world alone does not teach it.
 */
public final class DeadLeaves {
    private static final int PALETTE = 12;
    private static final int FEWEST = 30;
    private static final int MOST = 140;

    private DeadLeaves() {}

    /** A picture of a seed, by number. */
    public static RgbImage picture(long seed, int index, int side) {
        Chance chance = Chance.of(seed, "leaves", index);
        double[] plane = new double[side * side * RgbImage.CHANNELS];
        double[] middle = {chance.unit(), chance.unit(), chance.unit()};
        double[][] palette = new double[PALETTE][];
        for (int i = 0; i < PALETTE; i++) {
            palette[i] = new double[] {
                unit(middle[0] + .28 * chance.normal()),
                unit(middle[1] + .28 * chance.normal()),
                unit(middle[2] + .28 * chance.normal())
            };
        }
        for (int i = 0; i < plane.length; i++) {
            plane[i] = palette[0][i % RgbImage.CHANNELS];
        }
        int leaves = FEWEST + chance.below(MOST - FEWEST);
        for (int i = 0; i < leaves; i++) {
            drop(new Leaf(chance, side, palette[chance.below(PALETTE)]), plane, side, chance);
        }
        byte[] rgb = new byte[plane.length];
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = (byte) Math.rint(255 * plane[i]);
        }
        return new RgbImage(side, side, rgb);
    }

    /** An ellipse or a rectangle with a texture. */
    private static final class Leaf {
        private final double radius;
        private final double x;
        private final double y;
        private final double cos;
        private final double sin;
        private final double flat;
        private final boolean round;
        private final double[] colour;
        private final Texture texture;
        private final double frequency;
        private final double phase;

        Leaf(Chance chance, int side, double[] colour) {
            double scale = side / 64.0;
            // Many small ones and few large ones: photos look alike at every scale.
            radius = scale * 4 * StrictMath.pow(1 / chance.between(.02, 1), .6);
            x = scale * chance.between(-6, 70);
            y = scale * chance.between(-6, 70);
            double angle = chance.between(0, Math.PI);
            cos = StrictMath.cos(angle);
            sin = StrictMath.sin(angle);
            flat = chance.between(.3, 1);
            round = chance.unit() < .6;
            this.colour = colour;
            texture = Texture.of(chance.unit());
            frequency = chance.between(.3, 2.5);
            phase = chance.between(0, 6);
        }

        /** Along the leaf. */
        double along(int px, int py) {
            return (px - x) * cos + (py - y) * sin;
        }

        /** How much of a pixel it covers, 0 to 1. */
        double cover(int px, int py) {
            double u = along(px, py);
            double v = ((py - y) * cos - (px - x) * sin) / flat;
            double distance = round ? Math.sqrt(u * u + v * v) - radius : Math.max(Math.abs(u), Math.abs(v)) - radius;
            return unit(.5 - distance);
        }

        double brightness(int px, int py, Chance chance) {
            double u = along(px, py);
            return switch (texture) {
                case WAVES -> 1 + .25 * StrictMath.sin(u * frequency + phase);
                case GRAIN -> 1 + .08 * chance.normal();
                case SHADE -> 1 + .2 * u / (radius + 1);
                case PLAIN -> 1;
            };
        }
    }

    private enum Texture {
        WAVES,
        GRAIN,
        SHADE,
        PLAIN;

        static Texture of(double unit) {
            if (unit < .3) {
                return WAVES;
            } else if (unit < .36) {
                return GRAIN;
            }
            return unit < .8 ? SHADE : PLAIN;
        }
    }

    private static void drop(Leaf leaf, double[] plane, int side, Chance chance) {
        for (int py = 0; py < side; py++) {
            for (int px = 0; px < side; px++) {
                double cover = leaf.cover(px, py);
                if (cover > 0) {
                    double brightness = leaf.brightness(px, py, chance);
                    for (int c = 0; c < RgbImage.CHANNELS; c++) {
                        int at = (py * side + px) * RgbImage.CHANNELS + c;
                        plane[at] = plane[at] * (1 - cover) + unit(leaf.colour[c] * brightness) * cover;
                    }
                }
            }
        }
    }

    private static double unit(double value) {
        return Math.clamp(value, 0, 1);
    }
}
