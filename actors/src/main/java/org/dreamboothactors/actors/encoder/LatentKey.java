package org.dreamboothactors.actors.encoder;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;
import org.dreamboothactors.protocol.v1.LatentRequest;
import org.dreamboothactors.protocol.v1.StoredObject;
import org.dreamboothactors.storage.Sha256;

/**
 * What decides a latent's bytes: the image, the model, the transform. Its digest is the latent's key, so that equal work
 * is found and not done again.
 *
 * @param randomCrop seed of this image's crop; empty: the middle
 */
record LatentKey(String scope, String imageSha256, String modelDigest, int resolution, Optional<Long> randomCrop) {
    /** Begins the scope of latents that no other tenant shares. */
    static final String OF_TENANTS = "tenant/";

    /** Raised when the encoder's numbers change. */
    private static final String ENGINE = "fp32-1";

    static LatentKey of(LatentRequest request, StoredObject image) {
        Optional<Long> crop = request.getCenterCrop()
                ? Optional.empty()
                : Optional.of(request.getCropSeed() ^ firstBits(image.getSha256()));
        return new LatentKey(
                request.getScope(), image.getSha256(), request.getBaseModelDigest(), request.getResolution(), crop);
    }

    String objectKey() {
        String content = String.join(
                "\n",
                imageSha256,
                modelDigest,
                Integer.toString(resolution),
                randomCrop.map(seed -> Long.toString(seed)).orElse("center"),
                ENGINE);
        return "latents/" + scope + "/" + Sha256.of(content.getBytes(StandardCharsets.UTF_8)) + ".safetensors";
    }

    /** Photos of one upload are not all cropped at the same place. */
    private static long firstBits(String sha256) {
        return ByteBuffer.wrap(HexFormat.of().parseHex(sha256)).getLong();
    }
}
