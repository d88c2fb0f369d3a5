package org.dreamboothactors.diffusion.tokenizer;

import com.fasterxml.jackson.databind.node.ArrayNode;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.LongStream;

/**
 * Words of several learned vectors: textual inversion adds {@code <cat>}, {@code <cat>_1}, {@code <cat>_2}, one token a
 * vector, and a prompt names the first alone (diffusers, {@code maybe_convert_prompt} of
 * {@code loaders/textual_inversion.py}).
 *
 * <p>Ids are replaced, not text, so that words within other words stay, and so does a word that a prompt writes out.
 */
final class SeveralVectors {
    /** By the id of the first token, those of all of them. */
    private final Map<Long, long[]> words = new HashMap<>();

    /** @param added tokens with their ids, as {@code tokenizer.json} lists them */
    SeveralVectors(ArrayNode added) {
        Map<String, Long> ids = new HashMap<>();
        added.forEach(token ->
                ids.put(token.path("content").asText(), token.path("id").asLong()));
        ids.forEach((word, id) -> {
            long[] vectors = LongStream.iterate(1, i -> ids.containsKey(word + "_" + i), i -> i + 1)
                    .map(i -> ids.getOrDefault(word + "_" + i, id))
                    .toArray();
            if (vectors.length > 0) {
                words.put(
                        id,
                        LongStream.concat(LongStream.of(id), LongStream.of(vectors))
                                .toArray());
            }
        });
    }

    /** The same text with every vector of its words. */
    long[] expanded(long[] ids) {
        if (words.isEmpty()) {
            return ids;
        }
        LongStream.Builder all = LongStream.builder();
        for (int i = 0; i < ids.length; i++) {
            long[] vectors = words.getOrDefault(ids[i], new long[] {ids[i]});
            boolean writtenOut = vectors.length > 1 && i + 1 < ids.length && ids[i + 1] == vectors[1];
            LongStream.of(vectors).limit(writtenOut ? 1 : vectors.length).forEach(all::add);
        }
        return all.build().toArray();
    }
}
