package org.dreamboothactors.toyworld.judging;

import org.dreamboothactors.diffusion.images.RgbImage;

/** A picture as soft as those that a small autoencoder gives: a judge must not take sharpness for truth. */
final class Blur {
    private Blur() {}

    /** Weights 1, 2, 1 in both directions; the border is repeated. */
    static RgbImage of(RgbImage picture) {
        int width = picture.width();
        int height = picture.height();
        byte[] rgb = picture.rgb();
        byte[] soft = new byte[rgb.length];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                for (int c = 0; c < RgbImage.CHANNELS; c++) {
                    int sum = 0;
                    for (int dy = -1; dy <= 1; dy++) {
                        for (int dx = -1; dx <= 1; dx++) {
                            int from = Math.clamp(y + dy, 0, height - 1) * width + Math.clamp(x + dx, 0, width - 1);
                            sum += (2 - Math.abs(dx)) * (2 - Math.abs(dy)) * (rgb[from * 3 + c] & 0xff);
                        }
                    }
                    soft[(y * width + x) * 3 + c] = (byte) (sum / 16);
                }
            }
        }
        return new RgbImage(width, height, soft);
    }
}
