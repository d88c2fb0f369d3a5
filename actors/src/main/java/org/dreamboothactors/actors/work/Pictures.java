package org.dreamboothactors.actors.work;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.dreamboothactors.diffusion.Drawing;
import org.dreamboothactors.protocol.Wire;
import org.dreamboothactors.protocol.v1.Sample;
import org.dreamboothactors.storage.ArtifactStore;

/** Brings drawn pictures to the store. */
public final class Pictures {
    private Pictures() {}

    /**
     * Stores pictures {@code <i>.png}.
     *
     * @param prefix of their keys, with a trailing slash
     */
    public static List<Sample> store(ArtifactStore store, Drawing drawing, Path folder, String prefix) {
        List<Sample> samples = new ArrayList<>();
        for (int i = 0; i < drawing.prompts().size(); i++) {
            String name = i + ".png";
            samples.add(Sample.newBuilder()
                    .setPrompt(drawing.prompts().get(i))
                    .setSeed(drawing.seeds().get(i))
                    .setImage(Wire.message(store.put(prefix + name, folder.resolve(name))))
                    .build());
        }
        return samples;
    }
}
