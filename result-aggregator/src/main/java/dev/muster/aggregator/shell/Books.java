package dev.muster.aggregator.shell;

import dev.muster.aggregator.job.JobFacts;
import dev.muster.aggregator.ledger.JobAccount;
import dev.muster.aggregator.ledger.LedgerChange;
import dev.muster.aggregator.ledger.LedgerCommand;
import dev.muster.aggregator.ledger.LedgerDecider;
import dev.muster.aggregator.ledger.Posting;
import dev.muster.aggregator.statistics.DayCounts;
import dev.muster.aggregator.statistics.TenantDay;
import dev.muster.contracts.id.JobId;
import dev.muster.contracts.job.JobEvent;
import dev.muster.contracts.job.SubmissionEvent;
import dev.muster.contracts.task.TaskEvent;
import dev.muster.kit.Tx;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The money and the statistics of one transaction: gathered while its events are applied, written
 * at its end with one statement for each table, so that the rows everybody adds to are locked last
 * and for the shortest time. The only caller of {@link LedgerDecider}.
 */
final class Books {
  private final LedgerRepository repository = new LedgerRepository();
  private final UsageRepository usage = new UsageRepository();
  private final Tx tx;
  private final Instant now;
  private final SortedMap<JobId, List<LedgerCommand>> commands = new TreeMap<>();
  private final Map<UsageRepository.Lease, UsageRepository.Use> uses = new LinkedHashMap<>();
  private final Map<JobId, SubmissionEvent.CreditGranted> grants = new TreeMap<>();

  private final SortedMap<String, LedgerRepository.Sums> sums = new TreeMap<>();
  private final Map<TenantDay, DayCounts> days = new HashMap<>();
  private final List<LedgerRepository.Row> journal = new ArrayList<>();

  /**
   * @param now the transaction's time
   */
  Books(Tx tx, Instant now) {
    this.tx = tx;
    this.now = now;
  }

  /** Sets something aside for a job. The job's row is locked. */
  void hold(SubmissionEvent.CreditHeld event) {
    ask(event.job(), new LedgerCommand.Hold(event.tenant(), event.nanos()));
  }

  /** Puts credit on a tenant's account. */
  void grant(SubmissionEvent.CreditGranted event) {
    grants.put(event.grant(), event);
  }

  /**
   * Counts what an attempt used, unless it was counted before. The job's row is locked.
   *
   * @param nanos what it costs
   */
  void use(JobId job, TaskEvent.AttemptMetered event, long nanos) {
    uses.put(
        new UsageRepository.Lease(job, event.index(), event.epoch()),
        new UsageRepository.Use(event, nanos));
    ask(job, new LedgerCommand.Use(0));
  }

  /**
   * Writes what was gathered and what these events mean for money and statistics.
   *
   * @param facts the jobs after them
   * @return what each job has cost so far whose account was looked at
   */
  Map<JobId, Long> save(List<JobEvent> events, Function<JobId, JobFacts> facts) {
    for (JobEvent event : events) {
      take(event, facts.apply(event.job()));
    }
    Map<JobId, Long> costs = commands.isEmpty() ? Map.of() : settle(facts);
    if (!grants.isEmpty()) {
      repository.grant(tx, grants.values(), now).forEach(this::granted);
    }
    repository.append(tx, journal, now);
    repository.add(tx, sums);
    repository.count(tx, days);
    return costs;
  }

  private void take(JobEvent event, JobFacts job) {
    if (event.kind() == JobEvent.Kind.SUBMITTED) {
      commands
          .computeIfAbsent(event.job(), id -> new ArrayList<>())
          .addFirst(new LedgerCommand.Open(event.tenant()));
    }
    if (event.kind().isEnd()) {
      ask(event.job(), new LedgerCommand.Close());
    }
    Instant created = Objects.requireNonNullElse(job.milestones().created(), event.at());
    count(TenantDay.at(event.tenant(), created), DayCounts.created(event));
    count(TenantDay.at(event.tenant(), event.at()), DayCounts.ended(event, created));
  }

  private Map<JobId, Long> settle(Function<JobId, JobFacts> facts) {
    Supplier<Map<UsageRepository.Lease, Long>> counting = usage.use(tx, uses);
    Supplier<Map<JobId, JobAccount>> loading = repository.load(tx, commands.keySet());
    Map<JobId, Long> used = new HashMap<>();
    counting.get().forEach((lease, nanos) -> used.merge(lease.job(), nanos, Math::addExact));
    Map<JobId, JobAccount> known = loading.get();
    Map<JobId, JobAccount> changed = new TreeMap<>();
    Map<JobId, Long> costs = new HashMap<>();
    commands.forEach((job, asked) -> {
      JobAccount before = known.getOrDefault(job, JobAccount.NONE);
      JobAccount after = settle(job, before, complete(asked, used.get(job), facts.apply(job)));
      if (!after.equals(before)) {
        changed.put(job, after);
      }
      costs.put(job, after.cost());
    });
    repository.save(tx, changed);
    return costs;
  }

  /** What was asked, with what was newly used and who is to pay. */
  private static List<LedgerCommand> complete(
      List<LedgerCommand> asked, @Nullable Long used, JobFacts job) {
    List<LedgerCommand> all = new ArrayList<>();
    JobFacts.Owner owner = job.owner();
    if (owner != null) {
      all.add(new LedgerCommand.Open(owner.tenant()));
    }
    if (used != null) {
      all.add(new LedgerCommand.Use(used));
    }
    all.addAll(asked);
    return all;
  }

  private JobAccount settle(JobId job, JobAccount before, List<LedgerCommand> asked) {
    JobAccount account = before;
    for (LedgerCommand command : asked) {
      List<LedgerChange> changes = LedgerDecider.decide(account, command);
      account = LedgerDecider.evolve(account, changes);
      for (LedgerChange change : changes) {
        Posting posting = Posting.of(change);
        String tenant = account.tenant();
        if (posting != null && tenant != null) {
          post(tenant, job, posting);
        }
      }
    }
    return account;
  }

  private void post(String tenant, JobId job, Posting posting) {
    journal.add(new LedgerRepository.Row(tenant, job, posting));
    add(tenant, posting);
    count(TenantDay.at(tenant, now), DayCounts.charged(posting.spent()));
  }

  private void granted(SubmissionEvent.CreditGranted grant) {
    add(grant.tenant(), Posting.grant(grant.nanos()));
  }

  private void add(String tenant, Posting posting) {
    sums.merge(tenant, LedgerRepository.Sums.of(posting), LedgerRepository.Sums::plus);
  }

  private void count(TenantDay day, DayCounts counts) {
    if (!counts.equals(DayCounts.NONE)) {
      days.merge(day, counts, DayCounts::plus);
    }
  }

  private void ask(JobId job, LedgerCommand command) {
    commands.computeIfAbsent(job, id -> new ArrayList<>()).add(command);
  }
}
