package dev.muster.contracts.task;

/**
 * One revision of a project, as it was when the job was submitted.
 *
 * @param name the project's name within its tenant
 * @param sha256 SHA-256 of the archive, 64 hexadecimal digits in lower case
 * @param bytes size of the archive
 */
public record ProjectRef(String name, String sha256, long bytes) {}
