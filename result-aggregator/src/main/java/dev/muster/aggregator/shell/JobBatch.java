package dev.muster.aggregator.shell;

import dev.muster.aggregator.job.Decision;
import dev.muster.aggregator.job.JobChange;
import dev.muster.aggregator.job.JobCommand;
import dev.muster.aggregator.job.JobDecider;
import dev.muster.aggregator.job.JobFacts;
import dev.muster.aggregator.live.LiveFold;
import dev.muster.aggregator.live.StopDecider;
import dev.muster.contracts.Topic;
import dev.muster.contracts.aggregate.LiveAggregate;
import dev.muster.contracts.id.JobId;
import dev.muster.contracts.job.Design;
import dev.muster.contracts.job.JobEvent;
import dev.muster.kit.Decoded;
import dev.muster.kit.Json;
import dev.muster.kit.OutboxRow;
import dev.muster.kit.StudentT;
import dev.muster.kit.Tx;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The jobs of one transaction: locked, decided on one command at a time, saved together with their
 * events and the outbox. The only caller of {@link JobDecider}.
 */
final class JobBatch {
  private static final Logger LOG = Logger.getLogger(JobBatch.class);

  private final JobRepository repository = new JobRepository();
  private final Tx tx;
  private final Instant now;
  private final SortedMap<JobId, JobFacts> facts;
  private final SortedMap<JobId, JobFacts> changed = new TreeMap<>();
  private final Map<JobId, String> traceparents = new HashMap<>();
  private final Map<JobId, String> causes = new HashMap<>();
  private final List<JobEvent> events = new ArrayList<>();
  private final List<Runnable> checks = new ArrayList<>();
  private final boolean webhooks;
  private final Map<JobId, String> callbacks;
  private final Map<JobId, Design> designs;
  private final Map<JobId, LiveAggregate> lives;
  private final Map<JobId, LiveAggregate> livesChanged = new HashMap<>();
  private final Map<JobId, String> works = new HashMap<>();
  private final Books books;
  private int rejected;
  private boolean deliveries;

  private JobBatch(Tx tx, JobRepository.Locked locked) {
    this.tx = tx;
    this.now = locked.now();
    this.facts = locked.facts();
    this.webhooks = locked.webhooks();
    this.callbacks = locked.callbacks();
    this.designs = locked.designs();
    this.lives = locked.lives();
    this.books = new Books(tx, now);
  }

  /** Locks the jobs, at least one, and reads what is known of them. */
  static JobBatch lock(Tx tx, SortedSet<JobId> jobs) {
    return of(tx, new JobRepository().lock(tx, jobs).get());
  }

  /** The batch of jobs that are locked already. */
  static JobBatch of(Tx tx, JobRepository.Locked locked) {
    return new JobBatch(tx, locked);
  }

  /** The transaction's time. */
  Instant now() {
    return now;
  }

  JobFacts facts(JobId job) {
    return Objects.requireNonNull(facts.get(job));
  }

  /** The trace of what concerns this job from here on. */
  void trace(JobId job, @Nullable String traceparent) {
    if (traceparent != null) {
      traceparents.put(job, traceparent);
    }
  }

  /** What happens to this job from here on is because of this record. */
  void because(JobId job, Decoded.Readable<?> record) {
    trace(job, record.traceparent());
    if (record.id() != null) {
      causes.put(job, record.id());
    }
  }

  @Nullable String traceparent(JobId job) {
    return traceparents.get(job);
  }

  /** The end of this new job is told to a URL. */
  void callBack(JobId job, String url) {
    repository.saveCallback(tx, job, url);
    callbacks.put(job, url);
  }

  /** This new job has a design. */
  void design(JobId job, Design design) {
    repository.saveDesign(tx, job, design);
    designs.put(job, design);
  }

  /** This new job ends at this time at the latest. */
  void due(JobId job, Instant deadline) {
    repository.saveDeadline(tx, job, deadline);
  }

  /** This new job is of a kind of work. */
  void work(JobId job, String digest) {
    works.put(job, digest);
  }

  /** What is particular to a job's type, if anything. */
  @Nullable Design design(JobId job) {
    return designs.get(job);
  }

  /** What was added up of a job's results. */
  LiveAggregate live(JobId job) {
    return lives.getOrDefault(job, LiveAggregate.EMPTY);
  }

  /**
   * Adds results to what was added up of a job, and looks whether that is enough. The job is saved
   * with it, since its counts change with every result.
   */
  void fold(JobId job, LiveFold fold) {
    Design design = designs.get(job);
    List<LiveAggregate.Entry> more = fold.entries();
    if (design == null || design.aggregation() == null || more.isEmpty()) {
      return;
    }
    LiveAggregate sum = live(job).plus(more);
    LiveAggregate after =
        facts(job).mayStopEarly()
            ? StopDecider.look(design.aggregation().stopWhen(), sum, StudentT::width)
            : sum;
    lives.put(job, after);
    livesChanged.put(job, after);
    if (sum.stopped() == null && after.stopped() != null) {
      apply(job, new JobCommand.StopEarly(after.stopped().reason()));
    }
  }

  /** Decides a command; a rejected one changes nothing and is counted. */
  void apply(JobId job, JobCommand command) {
    switch (JobDecider.decide(facts(job), command, now)) {
      case Decision.Accepted accepted -> {
        for (JobChange change : accepted.changes()) {
          facts.put(job, JobDecider.evolve(facts(job), change));
          if (change instanceof JobChange.Published published) {
            events.add(published.event());
          }
        }
        changed.put(job, facts(job));
      }
      case Decision.Rejected _ -> rejected++;
    }
  }

  /** Writes the jobs, their numbered events and the records that publish them. */
  void save() {
    if (!changed.isEmpty()) {
      checks.add(repository.save(tx, changed.values(), livesChanged, works));
    }
    Map<JobId, Long> costs = books.save(events, this::facts);
    events.replaceAll(event -> {
      Long nanos = costs.get(event.job());
      return nanos == null ? event : event.withCost(nanos);
    });
    if (!events.isEmpty()) {
      List<String> bodies = events.stream().map(Json::text).toList();
      tx.later(
          "INSERT INTO aggregator.job_event"
              + " (job_id, seq, kind, state, at, body, causation, traceparent, tenant)"
              + " SELECT * FROM unnest($1::text[], $2::bigint[], $3::text[], $4::text[],"
              + " $5::timestamptz[], $6::text[], $7::text[], $8::text[], $9::text[])",
          Columns.texts(events, event -> event.job().value()),
          Columns.longs(events, JobEvent::seq),
          Columns.texts(events, event -> event.kind().name()),
          Columns.texts(events, event -> event.state().name()),
          Columns.times(events, JobEvent::at),
          bodies.toArray(String[]::new),
          Columns.texts(events, this::cause),
          Columns.texts(events, event -> traceparents.get(event.job())),
          Columns.texts(events, JobEvent::tenant));
      List<OutboxRow> rows = new ArrayList<>(events.size());
      for (int i = 0; i < events.size(); i++) {
        rows.add(record(events.get(i), bodies.get(i)));
      }
      tx.send(rows);
      deliveries = WebhookOutbox.write(tx, events, webhooks, callbacks);
    }
    checks.forEach(Runnable::run);
  }

  /** The money of this transaction; saved with the jobs. */
  Books books() {
    return books;
  }

  /** Runs this before the end of {@link #save}, when all statements are on their way. */
  void check(Runnable check) {
    checks.add(check);
  }

  /** The jobs that a command changed. */
  SortedMap<JobId, JobFacts> changed() {
    return changed;
  }

  /** The events of this transaction, in order. */
  List<JobEvent> events() {
    return events;
  }

  /** Whether webhooks may be due after the commit. */
  boolean hasDeliveries() {
    return deliveries;
  }

  /** How many commands changed nothing. */
  int rejected() {
    return rejected;
  }

  private OutboxRow record(JobEvent event, String body) {
    LOG.debugf(
        "%s: event %d, %s; trace %s",
        event.job(), event.seq(), event.kind(), traceparents.get(event.job()));
    return new OutboxRow(
        Topic.JOB_EVENTS.name(),
        null,
        event.job().value(),
        event.ceType(),
        traceparents.get(event.job()),
        body.getBytes(StandardCharsets.UTF_8),
        new OutboxRow.Identity(event.id(), event.at(), cause(event)));
  }

  /** The record that was read, or else the job's event before. */
  private @Nullable String cause(JobEvent event) {
    String before = event.seq() == 1 ? null : JobEvent.id(event.job(), event.seq() - 1);
    return causes.getOrDefault(event.job(), before);
  }
}
