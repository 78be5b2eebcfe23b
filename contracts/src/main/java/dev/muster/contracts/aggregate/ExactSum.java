package dev.muster.contracts.aggregate;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.math.BigDecimal;
import java.math.BigInteger;

/**
 * A sum of doubles, or of their squares, without rounding: {@code units × 2^exponent}. Every finite
 * double is such a number, and so is every sum and product of them; so sums are the same in any
 * order. Of doubles a sum takes 2,100 bits and a few, of squares twice that, whatever they are; of
 * ordinary ones some 100.
 *
 * @param units odd, or 0
 * @param exponent 0 for the sum 0
 */
public record ExactSum(BigInteger units, int exponent) {
  /** Nothing added. */
  public static final ExactSum ZERO = new ExactSum(BigInteger.ZERO, 0);

  private static final int MANTISSA_BITS = 52;
  private static final int BIAS = 1075;
  private static final int RADIX = 16;

  public ExactSum {
    if (units.signum() == 0) {
      exponent = 0;
    } else if (!units.testBit(0)) {
      int zeros = units.getLowestSetBit();
      units = units.shiftRight(zeros);
      exponent += zeros;
    }
  }

  /** One finite double. */
  public static ExactSum of(double value) {
    if (!Double.isFinite(value)) {
      throw new IllegalArgumentException("Expected a finite number, but got " + value);
    }
    long bits = Double.doubleToRawLongBits(value);
    int biased = (int) (bits >>> MANTISSA_BITS) & 0x7ff;
    long fraction = bits & ((1L << MANTISSA_BITS) - 1);
    long units = biased == 0 ? fraction : fraction | (1L << MANTISSA_BITS);
    return new ExactSum(BigInteger.valueOf(bits < 0 ? -units : units), Math.max(biased, 1) - BIAS);
  }

  /** Both together. */
  public ExactSum plus(ExactSum other) {
    int least = Math.min(exponent, other.exponent);
    return new ExactSum(shifted(least).add(other.shifted(least)), least);
  }

  /** The product. */
  public ExactSum times(ExactSum other) {
    return new ExactSum(units.multiply(other.units), exponent + other.exponent);
  }

  /** So many times this. */
  public ExactSum times(long factor) {
    return new ExactSum(units.multiply(BigInteger.valueOf(factor)), exponent);
  }

  /** The same number with the other sign. */
  public ExactSum negated() {
    return new ExactSum(units.negate(), exponent);
  }

  private BigInteger shifted(int to) {
    return units.signum() == 0 ? units : units.shiftLeft(exponent - to);
  }

  /** The same number in decimal, exactly. */
  public BigDecimal decimal() {
    return exponent >= 0
        ? new BigDecimal(units.shiftLeft(exponent))
        : new BigDecimal(units.multiply(BigInteger.valueOf(5).pow(-exponent)), -exponent);
  }

  /** The nearest double; infinite where the sum is greater than any. */
  public double nearest() {
    return decimal().doubleValue();
  }

  /** As it is kept: {@code <units in hexadecimal>p<exponent>}. */
  @JsonValue
  @Override
  public String toString() {
    return units.toString(RADIX) + "p" + exponent;
  }

  /** Reads what {@link #toString} wrote. */
  @JsonCreator
  public static ExactSum parse(String text) {
    int p = text.indexOf('p');
    if (p < 1) {
      throw new IllegalArgumentException("Expected units, p and an exponent, but got " + text);
    }
    return new ExactSum(
        new BigInteger(text.substring(0, p), RADIX), Integer.parseInt(text.substring(p + 1)));
  }
}
