package dev.muster.kit;

import dev.muster.contracts.money.PriceList;
import io.vertx.sqlclient.Row;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The prices of the table {@code aggregator.price}, read again when they are older than ten
 * seconds. The aggregator charges by them and the gateway estimates by them, so both read the same
 * rows.
 */
public final class PriceTable {
  private static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(10);

  private record Known(PriceList prices, long readAtNanos) {}

  private volatile @Nullable Known known;

  /** The prices, read in this transaction when they are not fresh. */
  public PriceList current(Tx tx) {
    Known latest = known;
    if (latest == null || System.nanoTime() - latest.readAtNanos() > FRESH_NANOS) {
      Map<String, Long> rows = new HashMap<>();
      for (Row row : tx.query("SELECT class, nanos_per_second FROM aggregator.price")) {
        rows.put(row.getString(0), row.getLong(1));
      }
      latest = new Known(new PriceList(rows), System.nanoTime());
      known = latest;
    }
    return latest.prices();
  }
}
