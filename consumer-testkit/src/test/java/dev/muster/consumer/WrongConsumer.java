package dev.muster.consumer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** A consumer with one mistake, as people make them. */
final class WrongConsumer implements JobConsumer {
  private static final ObjectMapper JSON = new ObjectMapper();

  enum Mistake {
    /** Adds what events tell instead of replacing it. */
    APPLIES_REPEATS,
    /** Takes whatever comes last for the newest. */
    TRUSTS_ARRIVAL,
    /** Takes the highest number, whatever is missing below it. */
    SKIPS_GAPS,
    /** Drops what comes too early, and never takes it again. */
    DROPS_EARLY,
    /** Leaves kinds out that it does not know. */
    IGNORES_UNKNOWN_KINDS,
    /** Throws on what it cannot read. */
    THROWS,
    /** Reads every version as the one it knows. */
    IGNORES_VERSION
  }

  private static final Set<String> KINDS =
      Set.of("SUBMITTED", "QUEUED", "ASSIGNED", "RUNNING", "PROGRESSED", "FINALIZING", "COMPLETED");

  private final Mistake mistake;
  private final Map<String, Known> jobs = new HashMap<>();
  private final Set<String> gaps = new HashSet<>();

  WrongConsumer(Mistake mistake) {
    this.mistake = mistake;
  }

  @Override
  public void accept(Delivery record) {
    boolean known = record.type().orElse("").endsWith(".v1");
    if (!known && mistake != Mistake.IGNORES_VERSION) {
      return;
    }
    JsonNode event;
    try {
      event = JSON.readTree(Objects.requireNonNullElse(record.body(), new byte[0]));
      if (!event.path("job").isTextual()) {
        if (mistake == Mistake.IGNORES_VERSION && !known) {
          throw new IllegalStateException("no job in " + event);
        }
        if (mistake == Mistake.THROWS) {
          throw new IllegalStateException("no job in " + event);
        }
        return;
      }
    } catch (IOException e) {
      if (mistake == Mistake.THROWS) {
        throw new UncheckedIOException(e);
      }
      return;
    }
    apply(record.key(), event);
  }

  private void apply(String job, JsonNode event) {
    Known before = jobs.getOrDefault(job, new Known(0, "", 0));
    long seq = event.path("seq").asLong();
    if (mistake == Mistake.IGNORES_UNKNOWN_KINDS && !KINDS.contains(event.path("kind").asText())) {
      return;
    }
    boolean takes =
        switch (mistake) {
          case APPLIES_REPEATS, TRUSTS_ARRIVAL -> true;
          case SKIPS_GAPS -> seq > before.seq();
          case DROPS_EARLY, IGNORES_UNKNOWN_KINDS, THROWS, IGNORES_VERSION ->
              seq == before.seq() + 1;
        };
    if (seq > before.seq() + 1 && mistake != Mistake.SKIPS_GAPS) {
      gaps.add(job);
    }
    if (takes) {
      int succeeded = event.path("counts").path("succeeded").asInt();
      int shown = mistake == Mistake.APPLIES_REPEATS ? before.succeeded() + succeeded : succeeded;
      jobs.put(job, new Known(seq, event.path("state").asText(), shown));
    }
  }

  @Override
  public Optional<Known> job(String job) {
    return Optional.ofNullable(jobs.get(job));
  }

  @Override
  public Set<String> gaps() {
    return gaps;
  }
}
