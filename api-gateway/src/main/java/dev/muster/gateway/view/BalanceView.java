package dev.muster.gateway.view;

import java.math.BigDecimal;

/**
 * What a tenant has, in US dollars.
 *
 * @param currency always {@code USD}
 * @param availableUsd what may still be spent; below zero when more was used than granted
 * @param heldUsd set aside for jobs under way
 * @param ledgerBalanceUsd both together
 * @param spentUsd charged for use so far
 * @param grantedUsd put on the account so far
 */
public record BalanceView(
    String currency,
    BigDecimal availableUsd,
    BigDecimal heldUsd,
    BigDecimal ledgerBalanceUsd,
    BigDecimal spentUsd,
    BigDecimal grantedUsd) {
  /** From the ledger's sums, in nanos. */
  public static BalanceView of(long funding, long available, long held, long spent) {
    return new BalanceView(
        "USD",
        Money.dollars(available),
        Money.dollars(held),
        Money.dollars(Math.addExact(available, held)),
        Money.dollars(spent),
        Money.dollars(Math.negateExact(funding)));
  }
}
