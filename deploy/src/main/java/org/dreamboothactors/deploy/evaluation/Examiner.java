package org.dreamboothactors.deploy.evaluation;

import java.util.List;
import java.util.Optional;
import org.dreamboothactors.diffusion.images.RgbImage;
import org.dreamboothactors.diffusion.judging.JudgeOpinion;
import org.dreamboothactors.diffusion.judging.Opinion;
import org.dreamboothactors.toyworld.Place;
import org.dreamboothactors.toyworld.Thing;
import org.dreamboothactors.toyworld.judging.Claim;

/** Turns the judge's opinion of a run's pictures into its score. Owned by the thread of the judge. */
record Examiner(JudgeOpinion opinion) {
    private static final List<Place> PLACES = List.of(Place.values());

    /** A picture and where it should be. */
    record Drawn(RgbImage picture, Place place) {}

    int side() {
        return opinion.side();
    }

    Score score(Sitter sitter, List<Drawn> drawn, List<RgbImage> classBefore, List<RgbImage> classAfter) {
        List<Opinion.Seen> photos = opinion.see(sitter.photos(side()));
        List<Opinion.Seen> seen = opinion.see(drawn.stream().map(Drawn::picture).toList());
        List<float[]> texts = opinion.read(
                PLACES.stream().map(place -> text(sitter.thing(), place)).toList());
        int right = 0;
        for (int i = 0; i < drawn.size(); i++) {
            Place read = PLACES.get(Opinion.best(seen.get(i).match(), texts));
            right += read == drawn.get(i).place() ? 1 : 0;
        }
        return new Score(
                Opinion.likeness(opinion.see(sitter.others(side())), photos),
                Opinion.likeness(opinion.see(sitter.itself(side())), photos),
                Opinion.likeness(seen, photos),
                right,
                drawn.size(),
                Opinion.likeness(opinion.see(classBefore), photos),
                Opinion.likeness(opinion.see(classAfter), photos));
    }

    private static String text(Thing thing, Place place) {
        return new Claim(thing, Optional.empty(), Optional.empty(), Optional.of(place)).text();
    }
}
