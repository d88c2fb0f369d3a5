package org.dreamboothactors.toyworld.pretraining;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.dreamboothactors.diffusion.tokenizer.BytePairs;
import org.dreamboothactors.toyworld.Caption;
import org.dreamboothactors.toyworld.Chance;
import org.dreamboothactors.toyworld.Paint;
import org.dreamboothactors.toyworld.Pattern;
import org.dreamboothactors.toyworld.Place;
import org.dreamboothactors.toyworld.Shot;
import org.dreamboothactors.toyworld.Thing;
import org.dreamboothactors.toyworld.World;

/**
 * What training says of its pictures.
 *
 * @param empty share of captions that are left out: what classifier-free guidance leads away from (Ho and Salimans 2022)
 * @param nonsense share of the others with a nonsense word
 */
record Captions(World world, long seed, double empty, double nonsense) {
    private static final int COUNTED = 4096;
    /** Words that people may use beside the world's own. */
    private static final List<String> COMMON = List.of(
            "the", "and", "with", "of", "in", "on", "at", "an", "picture", "drawing", "toy", "small", "big", "old",
            "new");

    /** A tokenizer in which each word of the world is one token. */
    BytePairs tokenizer() {
        Map<String, Integer> words = new TreeMap<>();
        COMMON.forEach(word -> words.put(word, 1));
        for (Thing thing : Thing.values()) {
            words.put(thing.word(), 1);
        }
        for (Paint paint : Paint.values()) {
            words.put(paint.word(), 1);
        }
        for (Pattern pattern : Pattern.values()) {
            words.put(pattern.word(), 1);
        }
        for (Place place : Place.values()) {
            count(place.phrase(), words);
        }
        for (int i = 0; i < COUNTED; i++) {
            count(Caption.whole(world.shot(i)), words);
        }
        return new BytePairs(words);
    }

    private static void count(String text, Map<String, Integer> words) {
        for (String word : text.split(" ", -1)) {
            words.merge(word, 1, Integer::sum);
        }
    }

    /** What is said of a shot the {@code time}-th time a caption is asked for. */
    String of(Shot shot, long time) {
        Chance chance = Chance.of(seed, "caption", time);
        if (chance.unit() < empty) {
            return "";
        }
        String caption = Caption.of(shot, chance);
        return chance.unit() < nonsense ? Caption.withNonsense(caption, chance) : caption;
    }
}
