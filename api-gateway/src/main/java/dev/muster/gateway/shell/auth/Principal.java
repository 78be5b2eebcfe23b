package dev.muster.gateway.shell.auth;

import dev.muster.gateway.key.Scope;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who a valid key belongs to.
 *
 * @param keyId the id of the key
 * @param tenant the tenant
 * @param scopes what the key allows
 * @param expiresAt when it ends, if it does
 * @param expired whether it has ended, by the database's clock
 * @param tenantDisabled whether the tenant may do anything at all
 */
public record Principal(
    String keyId,
    String tenant,
    Set<Scope> scopes,
    @Nullable Instant expiresAt,
    boolean expired,
    boolean tenantDisabled) {}
