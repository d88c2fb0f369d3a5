package org.dreamboothactors.diffusion.images;

/**
 * A picture of three bytes a pixel, row by row.
 *
 * @param rgb red, green, blue of each pixel; length width * height * 3
 */
@SuppressWarnings("ArrayRecordComponent") // megabytes of pixels; nobody compares or prints two pictures
public record RgbImage(int width, int height, byte[] rgb) {
    public static final int CHANNELS = 3;
    private static final float HALF_RANGE = 127.5f;

    /** Checks that the pixels are as many as the size says. */
    public RgbImage {
        if (width < 1 || height < 1 || rgb.length != (long) width * height * CHANNELS) {
            throw new IllegalArgumentException("Cannot make a picture: " + rgb.length + " bytes do not fill " + width
                    + " x " + height + ", expected " + (long) width * height * CHANNELS + ". Check the size.");
        }
    }

    /** One channel of one pixel, 0 to 255. */
    int at(int x, int y, int channel) {
        return rgb[(y * width + x) * CHANNELS + channel] & 0xff;
    }

    /** The rectangle whose upper left corner is (left, top). */
    public RgbImage crop(int left, int top, int newWidth, int newHeight) {
        byte[] out = new byte[newWidth * newHeight * CHANNELS];
        for (int y = 0; y < newHeight; y++) {
            System.arraycopy(
                    rgb, ((top + y) * width + left) * CHANNELS, out, y * newWidth * CHANNELS, newWidth * CHANNELS);
        }
        return new RgbImage(newWidth, newHeight, out);
    }

    /** Values in [-1, 1] as the model sees them: all red, then all green, then all blue. */
    public float[] toModel() {
        int pixels = width * height;
        float[] planes = new float[pixels * CHANNELS];
        for (int i = 0; i < pixels; i++) {
            for (int c = 0; c < CHANNELS; c++) {
                planes[c * pixels + i] = (rgb[i * CHANNELS + c] & 0xff) / HALF_RANGE - 1;
            }
        }
        return planes;
    }

    /** The picture of values in [-1, 1] laid out as {@link #toModel} does; values outside are cut. */
    public static RgbImage fromModel(float[] planes, int width, int height) {
        int pixels = width * height;
        byte[] rgb = new byte[pixels * CHANNELS];
        for (int i = 0; i < pixels; i++) {
            for (int c = 0; c < CHANNELS; c++) {
                float unit = Math.clamp(planes[c * pixels + i] / 2 + 0.5f, 0, 1);
                rgb[i * CHANNELS + c] = (byte) Math.rint(unit * 255);
            }
        }
        return new RgbImage(width, height, rgb);
    }
}
