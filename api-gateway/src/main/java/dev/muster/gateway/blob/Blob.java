package dev.muster.gateway.blob;

/**
 * Whole bytes of one tenant, known by their digest. They never change.
 *
 * @param id where they lie
 * @param tenant whose they are
 * @param digest their SHA-256, computed by the platform
 * @param bytes how many they are
 */
public record Blob(BlobId id, String tenant, Sha256 digest, long bytes) {}
