package dev.muster.consumer;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Supplier;

/** Feeds a consumer what a topic may bring, and says what it got wrong. */
public final class ConsumerCheck {
  private static final int RUNS = 10;

  private final Supplier<? extends JobConsumer> maker;
  private final long seed;

  private ConsumerCheck(Supplier<? extends JobConsumer> maker, long seed) {
    this.maker = maker;
    this.seed = seed;
  }

  /**
   * A check of a consumer; {@code -Dconsumer.seed=n} makes other histories.
   *
   * @param maker makes one that has read nothing
   */
  public static ConsumerCheck of(Supplier<? extends JobConsumer> maker) {
    return new ConsumerCheck(maker, Long.getLong("consumer.seed", 1));
  }

  /** All trials; what was found, at most one finding for a job in a run. */
  public List<Finding> run() {
    List<Finding> findings = new ArrayList<>();
    for (Trial trial : Trial.values()) {
      findings.addAll(run(trial));
    }
    return findings;
  }

  /** One trial, with several histories. */
  public List<Finding> run(Trial trial) {
    Set<Finding> findings = new LinkedHashSet<>();
    for (int run = 0; run < RUNS; run++) {
      findings.addAll(once(trial, Script.of(trial, new SplittableRandom(seed * 1_000 + run))));
    }
    return List.copyOf(findings);
  }

  private List<Finding> once(Trial trial, Script script) {
    JobConsumer consumer = maker.get();
    Map<String, Finding> findings = new HashMap<>();
    Map<String, Set<Long>> brought = new HashMap<>();
    for (Delivery record : script.records()) {
      note(record, brought);
      try {
        consumer.accept(record);
      } catch (RuntimeException e) {
        findings.putIfAbsent(
            record.key(),
            new Finding(
                trial, record.key(), "Expected every record to be borne, but it threw " + e));
      }
      consumer
          .job(record.key())
          .filter(known -> known.seq() > unbroken(brought.getOrDefault(record.key(), Set.of())))
          .ifPresent(known ->
              findings.putIfAbsent(
                  record.key(),
                  new Finding(
                      trial,
                      record.key(),
                      "Expected no number to be applied before those below it, but "
                          + known.seq()
                          + " was")));
    }
    script.ends().forEach((job, end) -> compare(trial, consumer, job, end, findings));
    for (String job : script.ends().keySet()) {
      boolean gap = script.gaps().contains(job);
      if (gap != consumer.gaps().contains(job)) {
        findings.putIfAbsent(
            job,
            new Finding(
                trial,
                job,
                gap
                    ? "Expected a missing number to be reported, but it was not"
                    : "Expected no number to be reported missing, but one was"));
      }
    }
    return List.copyOf(findings.values());
  }

  private static void compare(
      Trial trial, JobConsumer consumer, String job, Event end, Map<String, Finding> findings) {
    JobConsumer.Known expected = new JobConsumer.Known(end.seq(), end.state(), end.succeeded());
    Optional<JobConsumer.Known> known = consumer.job(job);
    if (!known.equals(Optional.of(expected))) {
      findings.putIfAbsent(
          job,
          new Finding(
              trial,
              job,
              "Expected "
                  + expected
                  + ", but it knows "
                  + known.map(Object::toString).orElse("nothing")));
    }
  }

  /** The numbers that came, as their records' ids tell them. */
  private static void note(Delivery record, Map<String, Set<Long>> brought) {
    if (record.type().orElse("").endsWith(".v1")) {
      String id = record.headers().getOrDefault("ce_id", "");
      brought
          .computeIfAbsent(record.key(), job -> new HashSet<>())
          .add(Long.parseLong(id.substring(id.lastIndexOf('.') + 1)));
    }
  }

  /** How far the numbers go from 1 without a hole. */
  private static long unbroken(Set<Long> numbers) {
    long last = 0;
    while (numbers.contains(last + 1)) {
      last++;
    }
    return last;
  }
}
