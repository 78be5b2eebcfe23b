package dev.muster.gateway.packaging;

import dev.muster.gateway.blob.Sha256;

/**
 * A file in a package.
 *
 * @param name its path in the archive
 * @param sizeBytes how many bytes it has
 * @param digest their SHA-256
 */
public record PackedFile(String name, long sizeBytes, Sha256 digest) {}
