package org.dreamboothactors.actors.device;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.dreamboothactors.diffusion.images.Png;
import org.dreamboothactors.diffusion.judging.Opinion;
import org.dreamboothactors.diffusion.judging.PictureScores;
import org.dreamboothactors.diffusion.kernels.Kernels;

/** Asks a judge about pictures, beside whatever is open. */
final class PictureJudge {
    private PictureJudge() {}

    /** What a judge cannot do is refused, whatever the reason: it touches nothing that is trained. */
    static PictureScores scores(DeviceCommand.JudgePictures judging, int threads) {
        try (Kernels kernels = Kernels.open(threads);
                Opinion opinion = Opinion.open(judging.judge(), kernels)) {
            List<PictureScores.Shown> subject = new ArrayList<>();
            for (DeviceCommand.Shown shown : judging.subject()) {
                subject.add(new PictureScores.Shown(
                        seen(opinion, shown.picture()),
                        opinion.read(List.of(shown.text())).getFirst()));
            }
            return PictureScores.of(
                    judging.photos().stream().map(photo -> seen(opinion, photo)).toList(),
                    subject,
                    judging.ofClass().stream()
                            .map(picture -> seen(opinion, picture))
                            .toList());
        } catch (RuntimeException e) {
            throw new IllegalStateException("Cannot judge with " + judging.judge() + ": " + e.getMessage(), e);
        }
    }

    /** One by one: photos may be large. */
    private static Opinion.Seen seen(Opinion opinion, Path picture) {
        return opinion.see(List.of(Png.read(picture))).getFirst();
    }
}
