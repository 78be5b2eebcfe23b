package dev.muster.gateway.view;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * What a tenant's jobs came to (S1-37 to S1-40).
 *
 * @param from the first day, in UTC; null for the beginning
 * @param to the last day, included; null for today
 * @param jobsSubmitted jobs created on these days
 * @param jobs jobs that ended on these days, by how
 * @param successRate completed among the completed, partial, failed and expired ones, 0 to 1 (D-18:
 *     cancelled ones say nothing); null when there are none
 * @param averageCompletionS seconds from creation to end, mean over the completed ones; null when
 *     there are none
 * @param totalSpentUsd charged for use on these days
 */
public record StatisticsView(
    @Nullable String from,
    @Nullable String to,
    long jobsSubmitted,
    Ended jobs,
    @Nullable Double successRate,
    @Nullable Double averageCompletionS,
    BigDecimal totalSpentUsd) {
  /** Jobs by their end. */
  public record Ended(long completed, long partial, long failed, long cancelled, long expired) {}

  /**
   * From the sums of days.
   *
   * @param completionMillis from creation to end, added up over the completed ones
   * @param spentNanos charged
   */
  public static StatisticsView of(
      @Nullable String from,
      @Nullable String to,
      long submitted,
      Ended ended,
      long completionMillis,
      long spentNanos) {
    long judged = ended.completed() + ended.partial() + ended.failed() + ended.expired();
    return new StatisticsView(
        from,
        to,
        submitted,
        ended,
        judged == 0 ? null : (double) ended.completed() / judged,
        ended.completed() == 0 ? null : completionMillis / 1000.0 / ended.completed(),
        Money.dollars(spentNanos));
  }
}
