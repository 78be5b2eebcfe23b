package dev.muster.gateway.view;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Optional;

/** Amounts of money between the ledger's billionths of a US dollar and the API's dollars. */
public final class Money {
  private static final int DECIMALS = 9;

  /** Most that can be granted at once: a billion dollars. */
  private static final BigDecimal DOLLARS_MAX = BigDecimal.valueOf(1_000_000_000L);

  private Money() {}

  /** Dollars, exactly, without zeros at the end. */
  public static BigDecimal dollars(long nanos) {
    BigDecimal plain = BigDecimal.valueOf(nanos, DECIMALS).stripTrailingZeros();
    return plain.scale() < 0 ? plain.setScale(0, RoundingMode.UNNECESSARY) : plain;
  }

  /**
   * The nanos of an amount in dollars, such as {@code 12.5}; empty when it is none, not above zero,
   * above a billion, or finer than a billionth.
   */
  public static Optional<Long> nanos(String dollars) {
    if (!dollars.matches("[0-9]{1,10}(\\.[0-9]{1,9})?")) {
      return Optional.empty();
    }
    BigDecimal amount = new BigDecimal(dollars);
    return amount.signum() > 0 && amount.compareTo(DOLLARS_MAX) <= 0
        ? Optional.of(amount.movePointRight(DECIMALS).longValueExact())
        : Optional.empty();
  }
}
