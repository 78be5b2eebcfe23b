package dev.muster.consumer;

import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A record as a Kafka client hands it over.
 *
 * @param key the job's id
 * @param headers names and texts
 * @param body the bytes, or null
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared: a body is handed on.
public record Delivery(String key, Map<String, String> headers, byte @Nullable [] body) {
  public Delivery {
    headers = Map.copyOf(headers);
  }

  /** The CloudEvents type, if the record has one. */
  public Optional<String> type() {
    return Optional.ofNullable(headers.get("ce_type"));
  }
}
