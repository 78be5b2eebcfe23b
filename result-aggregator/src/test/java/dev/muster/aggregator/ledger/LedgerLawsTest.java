package dev.muster.aggregator.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.contracts.money.PriceList;
import dev.muster.contracts.worker.GpuDevice;
import dev.muster.testkit.Seeds;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Laws of the ledger over random histories of one job: any order, any batching, any repeats. */
class LedgerLawsTest {
  private static final int RUNS = 3_000;
  private static final PriceList PRICES =
      new PriceList(Map.of("cpu", 11_111L, "gpu", 277_778L, "h100", 694_444L));

  /** One attempt that ran, with the guard's key. */
  private record Attempt(int index, long epoch, List<GpuDevice> devices, double cpus, long millis) {
    long cost() {
      return PRICES.attempt(devices, cpus, millis);
    }
  }

  /** The journal and the account that follow from words in some order. */
  private static final class Run {
    private final boolean guarded;
    private final Set<String> counted = new HashSet<>();
    private final List<Posting> journal = new ArrayList<>();
    private JobAccount account = JobAccount.NONE;

    Run(boolean guarded) {
      this.guarded = guarded;
    }

    void take(Object word) {
      switch (word) {
        case Attempt attempt -> {
          boolean fresh = counted.add(attempt.index() + "/" + attempt.epoch());
          if (fresh || !guarded) {
            apply(new LedgerCommand.Use(attempt.cost()));
          }
        }
        case LedgerCommand command -> apply(command);
        default -> throw new IllegalArgumentException("Expected a word, but got " + word);
      }
    }

    private void apply(LedgerCommand command) {
      List<LedgerChange> changes = LedgerDecider.decide(account, command);
      account = LedgerDecider.evolve(account, changes);
      for (LedgerChange change : changes) {
        Posting posting = Posting.of(change);
        if (posting != null) {
          journal.add(posting);
        }
      }
    }

    long sum(java.util.function.ToLongFunction<Posting> account) {
      return journal.stream().mapToLong(account).sum();
    }
  }

  @Test
  void everyOrderChargesEachAttemptOnceAndGivesTheRestBack() {
    Seeds.forEach(RUNS, random -> anyOrder(random, true));
  }

  @Test
  void withoutTheGuardOfAttemptsTheLawsBreak() {
    assertThatThrownBy(() -> Seeds.forEach(50, random -> anyOrder(random, false)))
        .isInstanceOf(AssertionError.class);
  }

  @Test
  void replayingEverythingChangesNothing() {
    Seeds.forEach(
        RUNS,
        random -> {
          List<Object> words = words(random, attempts(random));
          Run run = new Run(true);
          words.forEach(run::take);
          JobAccount account = run.account;
          int postings = run.journal.size();

          words.forEach(run::take);

          assertThat(run.account).isEqualTo(account);
          assertThat(run.journal).hasSize(postings);
        });
  }

  @Test
  void sumOverAttemptsEqualsSumOverDevices() {
    Seeds.forEach(
        RUNS,
        random -> {
          List<Attempt> attempts = attempts(random);
          Map<String, Long> millisOfDevice = new HashMap<>();
          double coreMillis = 0;
          for (Attempt attempt : attempts) {
            coreMillis += attempt.cpus() * attempt.millis();
            for (GpuDevice device : attempt.devices()) {
              millisOfDevice.merge(device.model(), attempt.millis(), Long::sum);
            }
          }
          double ofDevices = PRICES.core() * coreMillis / 1_000;
          for (Map.Entry<String, Long> device : millisOfDevice.entrySet()) {
            ofDevices += PRICES.device(device.getKey()) * (device.getValue() / 1_000.0);
          }

          long ofAttempts = attempts.stream().mapToLong(Attempt::cost).sum();

          // Each part of an attempt is rounded to whole nanos once.
          assertThat((double) ofAttempts)
              .isCloseTo(ofDevices, org.assertj.core.data.Offset.offset(attempts.size() * 5.0));
        });
  }

  @Test
  void holdThatIsTooSmallIsTopedUpFromWhatIsAvailable() {
    Run run = new Run(true);

    run.take(new LedgerCommand.Hold("acme", 100));
    run.take(new LedgerCommand.Use(70));
    run.take(new LedgerCommand.Use(70));
    run.take(new LedgerCommand.Close());
    run.take(new LedgerCommand.Use(5));

    assertThat(run.journal)
        .containsExactly(
            new Posting(Posting.Kind.HOLD, 0, -100, 100, 0),
            new Posting(Posting.Kind.CHARGE, 0, 0, -70, 70),
            new Posting(Posting.Kind.CHARGE, 0, -40, -30, 70),
            new Posting(Posting.Kind.CHARGE, 0, -5, 0, 5));
  }

  @Test
  void useThatIsHeardOfBeforeTheSubmissionIsChargedWithIt() {
    Run run = new Run(true);

    run.take(new LedgerCommand.Use(30));
    assertThat(run.journal).isEmpty();
    run.take(new LedgerCommand.Hold("acme", 100));
    run.take(new LedgerCommand.Close());

    assertThat(run.journal)
        .containsExactly(
            new Posting(Posting.Kind.HOLD, 0, -100, 100, 0),
            new Posting(Posting.Kind.CHARGE, 0, 0, -30, 30),
            new Posting(Posting.Kind.RELEASE, 0, 70, -70, 0));
  }

  @Test
  void postingThatDoesNotBalanceIsRefused() {
    assertThatThrownBy(() -> new Posting(Posting.Kind.CHARGE, 0, -1, 0, 2))
        .hasMessageContaining("sum to zero");
  }

  private static void anyOrder(SplittableRandom random, boolean guarded) {
    List<Attempt> attempts = attempts(random);
    List<Object> words = words(random, attempts);
    Run run = new Run(guarded);

    long hold = hold(words);
    for (Object word : words) {
      run.take(word);
      JobAccount account = run.account;
      assertThat(run.sum(Posting::held)).isEqualTo(account.held()).isNotNegative();
      assertThat(run.sum(Posting::spent)).isEqualTo(account.charged());
      if (account.holdKnown() && !account.over()) {
        assertThat(account.held()).isEqualTo(Math.max(0, hold - account.charged()));
      }
    }

    long cost = attempts.stream().mapToLong(Attempt::cost).sum();
    assertThat(run.account.cost()).isEqualTo(cost);
    assertThat(run.sum(Posting::spent)).isEqualTo(cost);
    assertThat(run.sum(Posting::held)).isZero();
    assertThat(run.sum(Posting::available)).isEqualTo(-cost);
    assertThat(run.sum(Posting::funding)).isZero();
  }

  private static long hold(List<Object> words) {
    return words.stream()
        .filter(LedgerCommand.Hold.class::isInstance)
        .mapToLong(word -> ((LedgerCommand.Hold) word).nanos())
        .findFirst()
        .orElseThrow();
  }

  /** Attempts of some tasks on some hosts, each with some of its devices. */
  private static List<Attempt> attempts(SplittableRandom random) {
    List<Attempt> attempts = new ArrayList<>();
    for (int index = random.nextInt(8); index > 0; index--) {
      for (long epoch = 1 + random.nextInt(3); epoch > 0; epoch--) {
        List<GpuDevice> devices = new ArrayList<>();
        for (int gpu = random.nextInt(4); gpu > 0; gpu--) {
          devices.add(new GpuDevice("g" + gpu, random.nextBoolean() ? "NVIDIA H100" : "T4", 1));
        }
        attempts.add(
            new Attempt(
                index, epoch, devices, random.nextInt(16) / 2.0, 1 + random.nextLong(10_000_000)));
      }
    }
    return attempts;
  }

  /** Every word of the job up to three times, in any order. */
  private static List<Object> words(SplittableRandom random, List<Attempt> attempts) {
    List<Object> words = new ArrayList<>();
    List<Object> each = new ArrayList<>(attempts);
    each.add(new LedgerCommand.Open("acme"));
    each.add(new LedgerCommand.Hold("acme", random.nextLong(1_000_000_000L)));
    each.add(new LedgerCommand.Close());
    for (Object word : each) {
      for (int copies = 1 + random.nextInt(3); copies > 0; copies--) {
        words.add(random.nextInt(words.size() + 1), word);
      }
    }
    return words;
  }
}
