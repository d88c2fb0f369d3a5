package org.dreamboothactors.deploy.remote;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import javax.imageio.ImageIO;

/** A small picture whose colours come from a name, so that two names look different. */
public final class TestPng {
    private static final int SIDE = 64;

    private TestPng() {}

    public static byte[] of(String name) {
        BufferedImage picture = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
        Graphics2D canvas = picture.createGraphics();
        float hue = (name.hashCode() & 0xff) / 255f;
        canvas.setColor(Color.getHSBColor(hue, 0.4f, 0.9f));
        canvas.fillRect(0, 0, SIDE, SIDE);
        canvas.setColor(Color.getHSBColor(hue + 0.5f, 0.8f, 0.6f));
        canvas.fillOval(12, 16, 40, 36);
        canvas.dispose();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            ImageIO.write(picture, "png", bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }
}
