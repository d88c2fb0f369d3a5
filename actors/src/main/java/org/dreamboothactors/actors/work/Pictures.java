package org.dreamboothactors.actors.work;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.dreamboothactors.diffusion.Drawing;
import org.dreamboothactors.protocol.Wire;
import org.dreamboothactors.protocol.v1.Sample;
import org.dreamboothactors.storage.ArtifactStore;
import org.dreamboothactors.storage.Sha256;

/** Brings drawn pictures to the store. */
public final class Pictures {
    private Pictures() {}

    /**
     * Stores pictures {@code <i>.png}. Their keys hold their digests: another machine may draw the same picture with
     * other bits, and must not replace what was announced.
     *
     * @param prefix of their keys, with a trailing slash
     */
    public static List<Sample> store(ArtifactStore store, Drawing drawing, Path folder, String prefix) {
        List<Sample> samples = new ArrayList<>();
        for (int i = 0; i < drawing.prompts().size(); i++) {
            Path picture = folder.resolve(i + ".png");
            String key = prefix + i + "-" + Sha256.of(picture) + ".png";
            samples.add(Sample.newBuilder()
                    .setPrompt(drawing.prompts().get(i))
                    .setSeed(drawing.seeds().get(i))
                    .setImage(Wire.message(store.put(key, picture)))
                    .build());
        }
        return samples;
    }
}
