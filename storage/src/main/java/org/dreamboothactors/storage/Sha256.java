package org.dreamboothactors.storage;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 in lower-case hexadecimal, the identity of every blob. */
public final class Sha256 {
    private Sha256() {}

    public static String of(byte[] content) {
        return hex(digest().digest(content));
    }

    public static String of(Path file) {
        try (InputStream in = Files.newInputStream(file);
                DigestOutputStream out = new DigestOutputStream(OutputStream.nullOutputStream(), digest())) {
            in.transferTo(out);
            return hex(out.getMessageDigest().digest());
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot hash " + file + ": " + e.getMessage(), e);
        }
    }

    /** A fresh digest for streams. */
    public static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java runtime has SHA-256", e);
        }
    }

    public static String hex(byte[] digest) {
        return HexFormat.of().formatHex(digest);
    }
}
