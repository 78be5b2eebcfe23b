package dev.muster.aggregator.statistics;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;

/**
 * A tenant's day.
 *
 * @param tenant the tenant
 * @param day the day in UTC
 */
public record TenantDay(String tenant, LocalDate day) {
  /** The tenant's day that an instant lies in. */
  public static TenantDay at(String tenant, Instant instant) {
    return new TenantDay(tenant, LocalDate.ofInstant(instant, ZoneOffset.UTC));
  }
}
