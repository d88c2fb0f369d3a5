package org.dreamboothactors.diffusion.training;

import java.lang.ref.SoftReference;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.dreamboothactors.diffusion.images.Png;
import org.dreamboothactors.diffusion.images.Resize;
import org.dreamboothactors.diffusion.images.RgbImage;

/**
 * A photo whose shorter side is a resolution. Its pixels stay in memory as long as there is enough of it, and are read
 * again from the file when there was not: a run may have a thousand. One thread.
 */
final class ScaledPhoto implements Supplier<RgbImage> {
    private final Path file;
    private final int resolution;
    private SoftReference<RgbImage> pixels = new SoftReference<>(null);

    ScaledPhoto(Path file, int resolution) {
        this.file = file;
        this.resolution = resolution;
    }

    @Override
    public RgbImage get() {
        RgbImage held = pixels.get();
        if (held != null) {
            return held;
        }
        RgbImage read = Resize.shortSide(Png.read(file), resolution);
        pixels = new SoftReference<>(read);
        return read;
    }
}
