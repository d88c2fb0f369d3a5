package org.dreamboothactors.diffusion.tokenizer;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;

/**
 * CLIP's byte-pair encoding: lower-cased text to a fixed number of token ids.
 *
 * <p>The work is done by the tokenizers library that transformers itself uses, so that odd Unicode comes out alike.
 */
public final class ClipTokenizer implements AutoCloseable {
    private final HuggingFaceTokenizer tokenizer;
    private final int maxLength;
    private final long endId;
    private final long paddingId;
    private final SeveralVectors severalVectors;

    private ClipTokenizer(HuggingFaceTokenizer tokenizer, TokenizerFiles files) {
        this.tokenizer = tokenizer;
        this.maxLength = files.maxLength();
        this.endId = single(tokenizer, files.end());
        this.paddingId = single(tokenizer, files.padding());
        this.severalVectors = files.severalVectors();
    }

    /** Opens the {@code tokenizer} folder of a diffusers model. */
    public static ClipTokenizer open(Path folder) {
        return open(folder, TokenizerFiles.read(folder));
    }

    /**
     * The same, refused where a text could become ids that the text encoder has no embedding for.
     *
     * @param known how many tokens the text encoder knows
     */
    public static ClipTokenizer open(Path folder, int known) {
        TokenizerFiles files = TokenizerFiles.read(folder);
        if (files.last().id() >= known) {
            throw new IllegalArgumentException("Cannot use the tokenizer in " + folder + ": its token "
                    + files.last().content() + " has the id " + files.last().id() + ", expected ids below " + known
                    + ", as many as the text encoder has embeddings. Check that the two belong together.");
        }
        return open(folder, files);
    }

    /** How many tokens a folder with {@code vocab.json} has. */
    public static int size(Path folder) throws IOException {
        return TokenizerFiles.size(folder);
    }

    private static ClipTokenizer open(Path folder, TokenizerFiles files) {
        Djl.stayLocal();
        // Cutting and padding are done here: the library would pad with a token of its own choice.
        Map<String, String> options = Map.of("truncation", "false", "padding", "false", "addSpecialTokens", "true");
        try {
            HuggingFaceTokenizer tokenizer =
                    HuggingFaceTokenizer.newInstance(new ByteArrayInputStream(files.tokenizerJson()), options);
            return new ClipTokenizer(tokenizer, files);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot open the tokenizer in " + folder + ": " + e.getMessage(), e);
        } catch (RuntimeException e) { // the library declares no narrower type
            throw new IllegalArgumentException(
                    "Cannot use the tokenizer in " + folder + ": " + e.getMessage() + ". Fetch its files again", e);
        }
    }

    private static long single(HuggingFaceTokenizer tokenizer, String token) {
        long[] ids = tokenizer.encode(token, false, false).getIds();
        if (ids.length != 1) {
            throw new IllegalArgumentException("Cannot use special token " + token + ": it becomes " + ids.length
                    + " tokens, expected 1. Check that tokenizer_config.json fits the vocabulary.");
        }
        return ids[0];
    }

    /** How many ids every text becomes. */
    public int maxLength() {
        return maxLength;
    }

    /** Token ids of {@code text} between the two end tokens, cut silently or padded to {@link #maxLength}. */
    public long[] ids(String text) {
        long[] all = encode(text);
        long[] ids = Arrays.copyOf(all, maxLength);
        if (all.length > maxLength) {
            ids[maxLength - 1] = endId;
        } else {
            Arrays.fill(ids, all.length, maxLength, paddingId);
        }
        return ids;
    }

    /** How many ids {@code text} would need, both end tokens counted. */
    public int untruncatedLength(String text) {
        return encode(text).length;
    }

    private long[] encode(String text) {
        return severalVectors.expanded(tokenizer.encode(text, true, false).getIds());
    }

    @Override
    public void close() {
        tokenizer.close();
    }
}
