package org.dreamboothactors.actors.board;

import java.awt.AlphaComposite;
import java.awt.Color;
import java.awt.GradientPaint;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Random;
import javax.imageio.ImageIO;

/** Small pictures for tests. */
final class Paint {
    static final int SIDE = 64;

    private Paint() {}

    static byte[] png(BufferedImage picture) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            ImageIO.write(picture, "png", bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** As large as a photo: it cannot be packed. */
    static BufferedImage noise(Random random, int side) {
        BufferedImage picture = new BufferedImage(side, side, BufferedImage.TYPE_INT_RGB);
        picture.setRGB(0, 0, side, side, random.ints((long) side * side).toArray(), 0, side);
        return picture;
    }

    static BufferedImage subject(Random random) {
        BufferedImage picture = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = picture.createGraphics();
        graphics.setPaint(new GradientPaint(
                0,
                0,
                Color.getHSBColor(random.nextFloat(), 0.3f, 0.95f),
                SIDE,
                SIDE,
                Color.getHSBColor(random.nextFloat(), 0.4f, 0.6f)));
        graphics.fillRect(0, 0, SIDE, SIDE);
        graphics.setColor(Color.getHSBColor(random.nextFloat(), 0.8f, 0.8f));
        graphics.fillOval(12 + random.nextInt(8), 18, 34, 32);
        graphics.fillRect(40, 24, 14, 6);
        graphics.dispose();
        return picture;
    }

    /** @param likeness how much of the photo shows, 0 to 1 */
    static BufferedImage blend(BufferedImage photo, double likeness, Random noise) {
        BufferedImage base = subject(noise);
        BufferedImage picture = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = picture.createGraphics();
        graphics.drawImage(base, 0, 0, null);
        graphics.setComposite(AlphaComposite.SrcOver.derive((float) likeness));
        graphics.drawImage(photo, 0, 0, SIDE, SIDE, null);
        graphics.dispose();
        return picture;
    }
}
