package org.dreamboothactors.deploy.demo;

import java.util.List;
import org.dreamboothactors.protocol.v1.ClassImagesReady;
import org.dreamboothactors.protocol.v1.LatentsCached;
import org.dreamboothactors.protocol.v1.RunEvent;

/** What a run computed and what it found from earlier ones. */
public record RunTotals(int imagesMade, int imagesReused, int latentsEncoded, int latentsReused) {

    /** Counts a run's events, each given once. */
    public static RunTotals of(List<RunEvent> events) {
        RunTotals totals = new RunTotals(0, 0, 0, 0);
        for (RunEvent event : events) {
            ClassImagesReady images = event.getClassImagesReady();
            LatentsCached latents = event.getLatentsCached();
            totals = new RunTotals(
                    totals.imagesMade + images.getMade(),
                    totals.imagesReused + images.getReused(),
                    totals.latentsEncoded + latents.getEncoded(),
                    totals.latentsReused + latents.getReused());
        }
        return totals;
    }

    @Override
    public String toString() {
        String found = imagesReused + latentsReused > 0 ? " (found from earlier runs; --fresh starts without)" : "";
        return "class images: " + imagesMade + " made, " + imagesReused + " reused; latents: " + latentsEncoded
                + " encoded, " + latentsReused + " reused" + found;
    }
}
