package org.dreamboothactors.actors.intake.photo;

import java.awt.color.ICC_Profile;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.IndexColorModel;
import java.util.Optional;
import org.dreamboothactors.diffusion.images.RgbImage;

/**
 * Turns a decoded picture of any kind into 8-bit sRGB, upright, on white.
 *
 * <p>Works row by row on the stored values: {@code BufferedImage.getRGB} would take grey for linear light.
 */
final class Development {
    private static final int WHITE = 255;

    private final BufferedImage image;
    private final Colours colours;
    private final Orientation orientation;
    private final byte[] upright;

    private Development(BufferedImage image, Colours colours, Orientation orientation) {
        this.image = image;
        this.colours = colours;
        this.orientation = orientation;
        this.upright = new byte[image.getWidth() * image.getHeight() * RgbImage.CHANNELS];
    }

    static RgbImage develop(BufferedImage image, Optional<ICC_Profile> profile, Orientation orientation)
            throws RefusedPhoto {
        Development development = new Development(image, Colours.of(image, profile), orientation);
        for (int y = 0; y < image.getHeight(); y++) {
            development.row(y);
        }
        return new RgbImage(
                orientation.uprightWidth(image.getWidth(), image.getHeight()),
                orientation.uprightHeight(image.getWidth(), image.getHeight()),
                development.upright);
    }

    private void row(int y) {
        int width = image.getWidth();
        int[] samples = image.getRaster().getPixels(0, y, width, 1, (int[]) null);
        byte[] colour = new byte[width * colours.channels()];
        byte[] alpha = new byte[width];
        if (image.getColorModel() instanceof IndexColorModel palette) {
            look(palette, samples, colour, alpha);
        } else {
            scale(image.getColorModel(), samples, colour, alpha);
        }
        byte[] srgb = colours.toSrgb(colour);
        for (int x = 0; x < width; x++) {
            int target = orientation.uprightIndex(x, y, width, image.getHeight()) * RgbImage.CHANNELS;
            for (int c = 0; c < RgbImage.CHANNELS; c++) {
                upright[target + c] = onWhite(srgb[x * RgbImage.CHANNELS + c], alpha[x]);
            }
        }
    }

    private static void look(IndexColorModel palette, int[] samples, byte[] colour, byte[] alpha) {
        for (int x = 0; x < samples.length; x++) {
            int argb = palette.getRGB(samples[x]);
            colour[3 * x] = (byte) (argb >> 16);
            colour[3 * x + 1] = (byte) (argb >> 8);
            colour[3 * x + 2] = (byte) argb;
            alpha[x] = (byte) (argb >> 24);
        }
    }

    private static void scale(ColorModel model, int[] samples, byte[] colour, byte[] alpha) {
        int bands = model.getNumComponents();
        int channels = model.getNumColorComponents();
        for (int x = 0; x < alpha.length; x++) {
            for (int c = 0; c < channels; c++) {
                colour[x * channels + c] = eightBits(samples[x * bands + c], model.getComponentSize(c));
            }
            alpha[x] = model.hasAlpha()
                    ? eightBits(samples[x * bands + channels], model.getComponentSize(channels))
                    : (byte) WHITE;
        }
    }

    private static byte eightBits(int sample, int bits) {
        int most = (1 << bits) - 1;
        return (byte) ((sample * 255L + most / 2) / most);
    }

    private static byte onWhite(byte value, byte alpha) {
        int opacity = Byte.toUnsignedInt(alpha);
        return (byte) ((Byte.toUnsignedInt(value) * opacity + WHITE * (255 - opacity) + 127) / 255);
    }
}
