package dev.muster.gateway.shell.auth;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;

/** A tenant: who owns jobs and keys. */
@Entity
@Table(name = "tenant", schema = "gateway")
public class TenantEntity {
  @Id
  @Column(name = "id")
  String id;

  @Column(name = "name")
  String name;

  /** A disabled tenant's keys open nothing. */
  @Column(name = "disabled")
  boolean disabled;

  @Column(name = "created_at")
  Instant createdAt;
}
