package dev.muster.gateway.shell.auth;

import dev.muster.gateway.key.FailureBudget;
import dev.muster.gateway.shell.config.GatewayConfig;
import dev.muster.gateway.shell.problem.Problem;
import dev.muster.gateway.shell.problem.ProblemException;
import dev.muster.gateway.shell.problem.ProblemKind;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Slows down whoever tries keys (S-004): after a number of wrong ones an address, and an id of a
 * key, is answered 429. Counted by each gateway for itself and forgotten with it: it protects the
 * database from being asked, while the keys protect themselves by their length.
 */
@ApplicationScoped
public class KeyFailures {
  private static final int ORIGINS_MAX = 10_000;

  private final FailureBudget.Rule perSource;
  private final FailureBudget.Rule perPrefix;
  private final Map<String, FailureBudget> sources = new Recent();
  private final Map<String, FailureBudget> prefixes = new Recent();
  private final Map<String, FailureBudget> links = new Recent();
  private final Counter failures;
  private final Counter throttled;

  KeyFailures(GatewayConfig config, MeterRegistry metrics) {
    this.perSource =
        new FailureBudget.Rule(config.keyFailuresPerSource(), config.keyFailuresPerSecond());
    this.perPrefix =
        new FailureBudget.Rule(config.keyFailuresPerPrefix(), config.keyFailuresPerSecond());
    this.failures = metrics.counter("api_key_failures_total");
    this.throttled = metrics.counter("api_key_throttled_total");
  }

  /**
   * Ends the request when its address has tried too many wrong keys; asked before the database is.
   *
   * @param source the address
   */
  synchronized void requireRoom(String source) {
    FailureBudget budget = now(sources, source, perSource);
    if (budget.isSpent()) {
      throttled.increment();
      throw tooMany(budget.pause(perSource));
    }
  }

  /**
   * The answer to a wrong key, which is counted.
   *
   * @param source the address it came from
   * @param prefix what the key calls itself; null when it is no key at all
   */
  synchronized ProblemException refusal(String source, @Nullable String prefix) {
    failures.increment();
    Duration pause = spend(sources, source, perSource);
    if (prefix != null) {
      Duration other = spend(prefixes, prefix, perPrefix);
      pause = pause.compareTo(other) > 0 ? pause : other;
    }
    if (pause.isZero()) {
      return AuthFilter.unauthenticated();
    }
    throttled.increment();
    return tooMany(pause);
  }

  /**
   * Ends the request when its address has tried too many links that open nothing.
   *
   * @param source the address
   */
  public synchronized void requireRoomForLinks(String source) {
    FailureBudget budget = now(links, source, perSource);
    if (budget.isSpent()) {
      throw tooManyLinks(budget.pause(perSource));
    }
  }

  /** The answer to a link that opens nothing, which is counted. */
  public synchronized ProblemException wrongLink(String source) {
    Duration pause = spend(links, source, perSource);
    return pause.isZero() ? ProblemException.notFound("link") : tooManyLinks(pause);
  }

  private ProblemException tooManyLinks(Duration pause) {
    throttled.increment();
    return new ProblemException(
        Problem.of(
                ProblemKind.TOO_MANY_FAILURES,
                "Expected a link that is valid, but too many wrong ones came; wait before the next",
                List.of())
            .retryAfter(pause.toSeconds()));
  }

  /** Counts a failure, and tells how long the origin has to wait: nothing while it has room. */
  private static Duration spend(
      Map<String, FailureBudget> budgets, String origin, FailureBudget.Rule rule) {
    FailureBudget budget = now(budgets, origin, rule);
    budgets.put(origin, budget.spend());
    return budget.isSpent() ? budget.pause(rule) : Duration.ZERO;
  }

  private static FailureBudget now(
      Map<String, FailureBudget> budgets, String origin, FailureBudget.Rule rule) {
    long now = System.nanoTime();
    FailureBudget budget = budgets.get(origin);
    return budget == null ? FailureBudget.full(rule, now) : budget.at(rule, now);
  }

  private static ProblemException tooMany(Duration pause) {
    return new ProblemException(
        Problem.of(
                ProblemKind.TOO_MANY_FAILURES,
                "Expected a valid API key, but too many wrong ones came; wait before the next",
                List.of())
            .retryAfter(pause.toSeconds()));
  }

  /** The origins that failed last; bounded, or an attacker with many addresses fills the heap. */
  private static final class Recent extends LinkedHashMap<String, FailureBudget> {
    private static final long serialVersionUID = 1L;

    Recent() {
      super(64, 0.75f, true);
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<String, FailureBudget> eldest) {
      return size() > ORIGINS_MAX;
    }
  }
}
