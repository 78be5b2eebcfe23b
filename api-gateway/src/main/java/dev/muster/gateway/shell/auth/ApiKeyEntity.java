package dev.muster.gateway.shell.auth;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.Id;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.Table;
import java.time.Instant;
import org.hibernate.annotations.Formula;
import org.jspecify.annotations.Nullable;

/** An API key as it is kept: nothing in it opens anything. */
@Entity
@Table(name = "api_key", schema = "gateway")
@SuppressWarnings("NullAway.Init")
public class ApiKeyEntity {
  @Id
  @Column(name = "id")
  String id;

  @Column(name = "label")
  String label;

  /** HMAC-SHA-256 of the secret under the pepper. */
  @Column(name = "secret_mac")
  byte[] secretMac;

  /** What may be shown to tell keys apart. */
  @Column(name = "prefix")
  String prefix;

  @Column(name = "last_four")
  String lastFour;

  /** Comma separated. */
  @Column(name = "scopes")
  String scopes;

  @Column(name = "created_at")
  Instant createdAt;

  @Column(name = "expires_at")
  @Nullable Instant expiresAt;

  /** Whether the key had ended when the row was read; the database's clock decides. */
  @Formula("(expires_at IS NOT NULL AND expires_at <= now())")
  boolean expired;

  @Column(name = "revoked_at")
  @Nullable Instant revokedAt;

  @ManyToOne(fetch = FetchType.EAGER, optional = false)
  @JoinColumn(name = "tenant")
  TenantEntity tenant;
}
