package dev.muster.gateway.shell.auth;

import java.time.Instant;

/**
 * A tenant as it may be shown.
 *
 * @param tenant its name for programs
 * @param name its name for people
 * @param disabled whether its keys open nothing
 * @param createdAt when it was made
 */
public record TenantRow(String tenant, String name, boolean disabled, Instant createdAt) {}
