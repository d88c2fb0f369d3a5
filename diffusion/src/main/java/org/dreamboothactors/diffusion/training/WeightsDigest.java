package org.dreamboothactors.diffusion.training;

import ai.djl.ndarray.NDArray;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import org.dreamboothactors.diffusion.kernels.HostBytes;

/** SHA-256 over trained tensors: equal digests mean equal bits. */
public final class WeightsDigest {
    private WeightsDigest() {}

    /** Digest of names, shapes and fp32 values, in the order of the names. */
    public static String of(Map<String, NDArray> weights) {
        MessageDigest digest = sha256();
        for (Map.Entry<String, NDArray> entry : new TreeMap<>(weights).entrySet()) {
            String header = entry.getKey() + ' ' + entry.getValue().getShape() + '\n';
            digest.update(header.getBytes(StandardCharsets.UTF_8));
            try (HostBytes host = HostBytes.of(entry.getValue())) {
                digest.update(host.bytes());
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256", e);
        }
    }
}
