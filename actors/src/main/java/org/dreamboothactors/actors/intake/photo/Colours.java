package org.dreamboothactors.actors.intake.photo;

import java.awt.color.ColorSpace;
import java.awt.color.ICC_ColorSpace;
import java.awt.color.ICC_Profile;
import java.awt.image.BufferedImage;
import java.awt.image.ColorConvertOp;
import java.awt.image.DataBufferByte;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.util.Optional;
import java.util.stream.IntStream;

/** The way from a picture's own colours to sRGB. Values without a profile are sRGB, grey ones too. */
final class Colours {
    private static final int SRGB_CHANNELS = 3;

    private final int channels;
    private final Optional<ColorConvertOp> conversion;

    private Colours(int channels, Optional<ColorConvertOp> conversion) {
        this.channels = channels;
        this.conversion = conversion;
    }

    /**
     * The colours of a decoded picture.
     *
     * @param told the file's profile, where the decoder left it to us
     */
    static Colours of(BufferedImage image, Optional<ICC_Profile> told) throws RefusedPhoto {
        int channels = image.getColorModel() instanceof IndexColorModel
                ? SRGB_CHANNELS
                : image.getColorModel().getNumColorComponents();
        if (channels != 1 && channels != SRGB_CHANNELS) {
            throw RefusedPhoto.undecodable("it has " + channels + " colour channels, expected 1 or 3");
        }
        Optional<ColorConvertOp> conversion = told.or(
                        () -> own(image.getColorModel().getColorSpace()))
                .filter(profile -> profile.getNumComponents() == channels)
                .flatMap(profile -> conversion(profile, channels));
        return new Colours(channels, conversion);
    }

    /** 1 or 3. */
    int channels() {
        return channels;
    }

    /** Red, green and blue of pixels that have {@link #channels()} bytes each. */
    byte[] toSrgb(byte[] pixels) {
        int count = pixels.length / channels;
        if (conversion.isPresent()) {
            byte[] srgb = new byte[count * SRGB_CHANNELS];
            conversion.get().filter(raster(pixels, channels), raster(srgb, SRGB_CHANNELS));
            return srgb;
        }
        if (channels == SRGB_CHANNELS) {
            return pixels;
        }
        byte[] srgb = new byte[count * SRGB_CHANNELS];
        for (int i = 0; i < srgb.length; i++) {
            srgb[i] = pixels[i / SRGB_CHANNELS];
        }
        return srgb;
    }

    /** Java gives untagged grey a linear space of its own, which is not what the file means. */
    private static Optional<ICC_Profile> own(ColorSpace space) {
        return space instanceof ICC_ColorSpace icc
                        && !icc.isCS_sRGB()
                        && !icc.equals(ColorSpace.getInstance(ColorSpace.CS_GRAY))
                ? Optional.of(icc.getProfile())
                : Optional.empty();
    }

    /** As the formats ask, a profile that makes no sense is as good as none. */
    private static Optional<ColorConvertOp> conversion(ICC_Profile profile, int channels) {
        try {
            ColorConvertOp conversion =
                    new ColorConvertOp(new ICC_Profile[] {profile, ICC_Profile.getInstance(ColorSpace.CS_sRGB)}, null);
            conversion.filter(raster(new byte[channels], channels), raster(new byte[SRGB_CHANNELS], SRGB_CHANNELS));
            return Optional.of(conversion);
        } catch (RuntimeException e) { // CMMException, ProfileDataException, IllegalArgumentException
            return Optional.empty();
        }
    }

    private static WritableRaster raster(byte[] pixels, int channels) {
        int count = pixels.length / channels;
        return Raster.createInterleavedRaster(
                new DataBufferByte(pixels, pixels.length),
                count,
                1,
                pixels.length,
                channels,
                IntStream.range(0, channels).toArray(),
                null);
    }
}
