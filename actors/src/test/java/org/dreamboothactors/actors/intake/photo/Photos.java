package org.dreamboothactors.actors.intake.photo;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Objects;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import javax.imageio.ImageIO;

/** Photos for tests: files of another encoder, and what is done to them by hand. */
public final class Photos {
    private static final int PNG_HEADER_END = 8 + 25;

    private Photos() {}

    /** A file beside {@code make.py}: red, green, blue and yellow quadrants, 96 x 64. */
    public static byte[] file(String name) {
        try (InputStream in = Objects.requireNonNull(Photos.class.getResourceAsStream("/intake/" + name), name)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static byte[] png(BufferedImage image) {
        try (ByteArrayOutputStream out = new ByteArrayOutputStream()) {
            ImageIO.write(image, "png", out);
            return out.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A plain picture of one colour. */
    public static byte[] png(int width, int height, int rgb) {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        int[] pixels = new int[width * height];
        Arrays.fill(pixels, rgb);
        image.setRGB(0, 0, width, height, pixels, 0, width);
        return png(image);
    }

    /** Little more than a header that promises a picture of this size. */
    public static byte[] pngThatClaims(int width, int height) {
        byte[] header = ByteBuffer.allocate(13)
                .putInt(width)
                .putInt(height)
                .put(new byte[] {8, 2, 0, 0, 0})
                .array();
        return join(
                "\u0089PNG\r\n\u001a\n".getBytes(ISO_8859_1),
                chunk("IHDR", header),
                chunk("IDAT", deflated(new byte[1000])),
                chunk("IEND", new byte[0]));
    }

    /** The JPEG with an EXIF orientation tag from 1 to 8. */
    public static byte[] oriented(byte[] jpeg, int orientation) {
        byte[] exif = join("Exif\0\0".getBytes(ISO_8859_1), exif(orientation));
        return afterStart(jpeg, 0xe1, exif);
    }

    static byte[] exif(int orientation) {
        return ByteBuffer.allocate(26)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put("II*\0".getBytes(ISO_8859_1))
                .putInt(8)
                .putShort((short) 1)
                .putShort((short) 0x112)
                .putShort((short) 3)
                .putInt(1)
                .putInt(orientation)
                .putInt(0)
                .array();
    }

    static byte[] withProfile(byte[] jpeg, byte[] profile) {
        return afterStart(jpeg, 0xe2, join("ICC_PROFILE\0\1\1".getBytes(ISO_8859_1), profile));
    }

    private static byte[] afterStart(byte[] jpeg, int marker, byte[] content) {
        byte[] head = ByteBuffer.allocate(4)
                .putShort((short) (0xff00 | marker))
                .putShort((short) (content.length + 2))
                .array();
        return join(Arrays.copyOf(jpeg, 2), head, content, Arrays.copyOfRange(jpeg, 2, jpeg.length));
    }

    /** The PNG with one more chunk behind its header. */
    static byte[] withChunk(byte[] png, String type, byte[] content) {
        return join(
                Arrays.copyOf(png, PNG_HEADER_END),
                chunk(type, content),
                Arrays.copyOfRange(png, PNG_HEADER_END, png.length));
    }

    /** A good picture with a compressed text of this many bytes. */
    public static byte[] pngWithTextOf(int bytes) {
        return withChunk(file("palette.png"), "zTXt", join(new byte[] {'k', 0, 0}, deflatedZeros(bytes)));
    }

    /** A good picture with a compressed colour profile of this many bytes. */
    public static byte[] pngWithProfileOf(int bytes) {
        return withChunk(file("palette.png"), "iCCP", join(new byte[] {'p', 0, 0}, deflatedZeros(bytes)));
    }

    private static byte[] deflatedZeros(int bytes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (DeflaterOutputStream deflater = new DeflaterOutputStream(out)) {
            byte[] zeros = new byte[1 << 20];
            for (int written = 0; written < bytes; written += zeros.length) {
                deflater.write(zeros);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    static byte[] deflated(byte[] content) {
        try (Deflater deflater = new Deflater()) {
            deflater.setInput(content);
            deflater.finish();
            byte[] out = new byte[content.length + 100];
            return Arrays.copyOf(out, deflater.deflate(out));
        }
    }

    static byte[] join(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    private static byte[] chunk(String type, byte[] content) {
        byte[] name = type.getBytes(ISO_8859_1);
        CRC32 crc = new CRC32();
        crc.update(name);
        crc.update(content);
        return ByteBuffer.allocate(content.length + 12)
                .putInt(content.length)
                .put(name)
                .put(content)
                .putInt((int) crc.getValue())
                .array();
    }
}
