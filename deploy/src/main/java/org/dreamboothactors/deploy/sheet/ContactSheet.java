package org.dreamboothactors.deploy.sheet;

import java.awt.Color;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.Image;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.dreamboothactors.diffusion.weights.DraftFolder;

/** One PNG with labelled rows of pictures; each picture fits a square cell with its caption below. */
public final class ContactSheet {
    static final int CELL = 192; // pixels
    static final int GAP = 12;
    static final int CAPTION = 34; // two lines
    static final int LABEL = 34;
    static final int MOST_COLUMNS = 10;

    /** A picture and what is said below it. */
    public record Cell(String caption, BufferedImage picture) {}

    /** Pictures that belong together; more than ten continue on the next line. */
    public record Row(String label, List<Cell> cells) {
        public Row {
            cells = List.copyOf(cells);
        }
    }

    private ContactSheet() {}

    /** Draws the rows that have pictures, from top to bottom. */
    public static BufferedImage compose(String title, List<Row> rows) {
        List<Row> filled = rows.stream().filter(row -> !row.cells().isEmpty()).toList();
        int columns = filled.stream()
                .mapToInt(row -> Math.min(MOST_COLUMNS, row.cells().size()))
                .max()
                .orElse(1);
        int width = Math.max(640, GAP + columns * (CELL + GAP));
        int height = GAP + LABEL;
        for (Row row : filled) {
            height += heightOf(row);
        }
        BufferedImage sheet = new BufferedImage(width, height + GAP, BufferedImage.TYPE_INT_RGB);
        Graphics2D canvas = sheet.createGraphics();
        try {
            canvas.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
            // Small pictures (64 pixels) are shown as they are, not blurred by the enlargement.
            canvas.setRenderingHint(
                    RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_NEAREST_NEIGHBOR);
            canvas.setColor(Color.WHITE);
            canvas.fillRect(0, 0, sheet.getWidth(), sheet.getHeight());
            canvas.setColor(Color.BLACK);
            canvas.setFont(new Font(Font.SANS_SERIF, Font.BOLD, 18));
            canvas.drawString(fitted(canvas, title, width - 2 * GAP), GAP, GAP + 20);
            int y = GAP + LABEL;
            for (Row row : filled) {
                draw(canvas, row, y, width);
                y += heightOf(row);
            }
        } finally {
            canvas.dispose();
        }
        return sheet;
    }

    /** Composes and writes; an existing file is replaced, as a whole or not at all. */
    public static void write(String title, List<Row> rows, Path png) {
        try (DraftFolder draft = DraftFolder.beside(png)) {
            Path made = draft.path("sheet.png");
            if (!ImageIO.write(compose(title, rows), "png", made.toFile())) {
                throw new IllegalStateException("Cannot write " + png + ": this Java has no PNG writer");
            }
            Files.move(made, png, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write " + png + ": " + e.getMessage(), e);
        }
    }

    private static int heightOf(Row row) {
        int lines = (row.cells().size() + MOST_COLUMNS - 1) / MOST_COLUMNS;
        return LABEL + lines * (CELL + CAPTION + GAP);
    }

    private static void draw(Graphics2D canvas, Row row, int top, int width) {
        canvas.setFont(new Font(Font.SANS_SERIF, Font.BOLD, 14));
        canvas.setColor(Color.BLACK);
        canvas.drawString(fitted(canvas, row.label(), width - 2 * GAP), GAP, top + 22);
        canvas.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 12));
        for (int i = 0; i < row.cells().size(); i++) {
            int x = GAP + i % MOST_COLUMNS * (CELL + GAP);
            int y = top + LABEL + i / MOST_COLUMNS * (CELL + CAPTION + GAP);
            Cell cell = row.cells().get(i);
            picture(canvas, cell.picture(), x, y);
            canvas.setColor(Color.DARK_GRAY);
            List<String> lines = twoLines(canvas, cell.caption());
            for (int line = 0; line < lines.size(); line++) {
                canvas.drawString(lines.get(line), x, y + CELL + 14 + 15 * line);
            }
        }
    }

    private static void picture(Graphics2D canvas, BufferedImage picture, int x, int y) {
        double scale = (double) CELL / Math.max(picture.getWidth(), picture.getHeight());
        int w = Math.max(1, (int) Math.round(picture.getWidth() * scale));
        int h = Math.max(1, (int) Math.round(picture.getHeight() * scale));
        int left = x + (CELL - w) / 2;
        int top = y + (CELL - h) / 2;
        if (scale < 1) { // photos: every pixel counts, or stripes turn into other stripes
            canvas.drawImage(picture.getScaledInstance(w, h, Image.SCALE_AREA_AVERAGING), left, top, null);
        } else {
            canvas.drawImage(picture, left, top, w, h, null);
        }
    }

    private static List<String> twoLines(Graphics2D canvas, String caption) {
        FontMetrics metrics = canvas.getFontMetrics();
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (String word : caption.split(" ", -1)) {
            String longer = line.isEmpty() ? word : line + " " + word;
            if (!line.isEmpty() && lines.isEmpty() && metrics.stringWidth(longer) > CELL) {
                lines.add(line.toString());
                line = new StringBuilder(word);
            } else {
                line = new StringBuilder(longer);
            }
        }
        lines.add(line.toString());
        lines.replaceAll(text -> fitted(canvas, text, CELL));
        return lines;
    }

    private static String fitted(Graphics2D canvas, String text, int width) {
        FontMetrics metrics = canvas.getFontMetrics();
        if (metrics.stringWidth(text) <= width) {
            return text;
        }
        int length = text.length();
        while (length > 0 && metrics.stringWidth(text.substring(0, length) + "…") > width) {
            length--;
        }
        return text.substring(0, length) + "…";
    }
}
