package org.dreamboothactors.toyworld.render;

import org.dreamboothactors.diffusion.images.RgbImage;
import org.dreamboothactors.toyworld.Rgb;
import org.dreamboothactors.toyworld.Shot;

/**
 * Draws a shot by sphere tracing: four rays a pixel, soft shadows, light from sun, sky and ground.
 *
 * <p>Same shot, same bytes, on every machine: nothing here rounds differently anywhere. May be called from any thread.
 */
public final class Renderer {
    private static final int RAYS = 2; // a pixel's side
    private static final int LEVELS = 4096;
    /** Bytes by brightness: a gentle curve, so that shadows keep their colours. */
    private static final byte[] BYTES = curve();

    private Renderer() {}

    /** Draws {@code side} x {@code side} pixels. */
    public static RgbImage render(Shot shot, int side) {
        Eye eye = new Eye(shot);
        byte[] rgb = new byte[side * side * RgbImage.CHANNELS];
        int to = 0;
        for (int y = 0; y < side; y++) {
            for (int x = 0; x < side; x++) {
                double[] sum = new double[RgbImage.CHANNELS];
                for (int row = 0; row < RAYS; row++) {
                    for (int column = 0; column < RAYS; column++) {
                        double u = 2 * (x + (column + .5) / RAYS) / side - 1;
                        double v = 1 - 2 * (y + (row + .5) / RAYS) / side;
                        add(eye.look(u, v), sum);
                    }
                }
                for (double part : sum) {
                    rgb[to++] = (byte) Math.rint(part / (RAYS * RAYS));
                }
            }
        }
        return new RgbImage(side, side, rgb);
    }

    private static void add(Rgb seen, double[] sum) {
        sum[0] += brightness(seen.r());
        sum[1] += brightness(seen.g());
        sum[2] += brightness(seen.b());
    }

    private static int brightness(double light) {
        return BYTES[(int) (Math.clamp(light, 0, 1) * (LEVELS - 1))] & 0xff;
    }

    private static byte[] curve() {
        byte[] bytes = new byte[LEVELS];
        for (int i = 0; i < LEVELS; i++) {
            bytes[i] = (byte) Math.rint(255 * StrictMath.pow(i / (LEVELS - 1.0), 1 / 1.6));
        }
        return bytes;
    }
}
