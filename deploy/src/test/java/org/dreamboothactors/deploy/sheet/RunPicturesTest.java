package org.dreamboothactors.deploy.sheet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Set;
import javax.imageio.ImageIO;
import org.dreamboothactors.protocol.v1.RunAccepted;
import org.dreamboothactors.protocol.v1.RunEvent;
import org.dreamboothactors.protocol.v1.Sample;
import org.dreamboothactors.protocol.v1.SamplesReady;
import org.dreamboothactors.protocol.v1.StoredObject;
import org.junit.jupiter.api.Test;

class RunPicturesTest {
    @Test
    void sortsPicturesBySubjectAndClassBeforeAndAfter() {
        RunEvent accepted = RunEvent.newBuilder()
                .setAccepted(RunAccepted.newBuilder()
                        .addImages(StoredObject.getDefaultInstance())
                        .addImages(StoredObject.getDefaultInstance()))
                .build();

        var rows = new RunPictures(List.of(accepted, drawn("before", 0), drawn("after", 40)), _ -> png())
                .rows("before", "after", Set.of("a photo of a cat"));

        assertThat(rows).extracting(row -> row.cells().size()).containsExactly(2, 1, 1, 1, 1);
        assertThat(rows.get(2).label()).contains("step 40");
        assertThat(rows.get(2).cells().getFirst().caption()).isEqualTo("a photo of a sks cat, seed 7");
    }

    /** Forty photos of a phone would not fit into memory. */
    @Test
    void keepsNoLargePicture() {
        RunEvent accepted = RunEvent.newBuilder()
                .setAccepted(RunAccepted.newBuilder().addImages(StoredObject.getDefaultInstance()))
                .build();

        var photos = new RunPictures(List.of(accepted), _ -> png(3000, 2000))
                .rows("", "", Set.of())
                .getFirst();

        BufferedImage kept = photos.cells().getFirst().picture();
        assertThat(kept.getWidth()).isBetween(2 * ContactSheet.CELL, 4 * ContactSheet.CELL);
        assertThat((double) kept.getWidth() / kept.getHeight()).isCloseTo(1.5, within(0.01));
    }

    private static RunEvent drawn(String request, long step) {
        return RunEvent.newBuilder()
                .setSamplesReady(SamplesReady.newBuilder()
                        .setRequestId(request)
                        .setStep(step)
                        .addSamples(Sample.newBuilder()
                                .setPrompt("a photo of a sks cat")
                                .setSeed(7))
                        .addSamples(Sample.newBuilder()
                                .setPrompt("a photo of a cat")
                                .setSeed(8)))
                .build();
    }

    private static byte[] png() {
        return png(8, 8);
    }

    private static byte[] png(int width, int height) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            ImageIO.write(new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB), "png", bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }
}
