package org.dreamboothactors.storage;

/**
 * An object that was complete in the store when this was made.
 *
 * @param key inside the bucket, without a leading slash
 * @param sizeBytes whole size
 * @param sha256 lower-case hexadecimal, of the whole content
 */
public record Stored(String key, long sizeBytes, String sha256) {}
