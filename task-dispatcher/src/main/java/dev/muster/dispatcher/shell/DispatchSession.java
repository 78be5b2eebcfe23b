package dev.muster.dispatcher.shell;

import dev.muster.contracts.Topic;
import dev.muster.contracts.id.JobId;
import dev.muster.dispatcher.placement.BestFitPolicy;
import dev.muster.dispatcher.pool.Effects;
import dev.muster.dispatcher.pool.Mail;
import dev.muster.dispatcher.pool.PoolCommand;
import dev.muster.dispatcher.pool.PoolGauges;
import dev.muster.dispatcher.pool.PoolSettings;
import dev.muster.dispatcher.pool.PoolSnapshot;
import dev.muster.dispatcher.pool.PoolState;
import dev.muster.dispatcher.pool.Pools;
import dev.muster.dispatcher.shard.ShardQuota;
import dev.muster.kit.Database;
import dev.muster.kit.OutboxRow;
import dev.muster.kit.Pace;
import dev.muster.kit.Tx;
import dev.muster.kit.trace.RecordSpans;
import io.vertx.sqlclient.Row;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * What an instance remembers while it owns shards. It ends when a shard was lost, and with it goes
 * all memory: what counts is in the database.
 */
final class DispatchSession {
  private static final Logger LOG = Logger.getLogger(DispatchSession.class);
  private static final Duration IDLE_POLL = Duration.ofMillis(200);
  private static final Duration AHEAD_LOOK = Duration.ofMillis(250);
  private static final Duration OFFSETS_LATE = Duration.ofSeconds(1);

  private final DispatchParts parts;
  private final Database database;
  private final Consumer<String, byte[]> consumer;
  private final BooleanSupplier running;
  private final DatabaseClock clock = new DatabaseClock();
  private final Set<Integer> shards = new TreeSet<>();
  private final Pools pools;
  private final Positions positions;
  private final Inbox inbox;
  private final Payloads payloads;
  private final Letters letters;
  private final Hearing hearing;
  private final TaskRepository repository = new TaskRepository();
  private final Alarm reap;
  private final Alarm renew;
  private final Alarm acquire;
  private final Alarm gauge = new Alarm(Duration.ofSeconds(1));
  private final Alarm look = new Alarm(AHEAD_LOOK);
  private final Alarm offsets = new Alarm(OFFSETS_LATE);
  private final Explanations explanations = new Explanations();
  private final Pace pace = new Pace(Duration.ofMillis(10), 5);
  private boolean busy;

  DispatchSession(
      DispatchParts parts,
      Consumer<String, byte[]> consumer,
      Admin admin,
      Map<String, String> topicIds,
      BooleanSupplier running) {
    this.parts = parts;
    this.database = parts.database();
    this.consumer = consumer;
    this.running = running;
    DispatcherConfig config = parts.config();
    PoolSettings settings = settings(config);
    this.pools =
        new Pools(name ->
            new PoolState(
                name,
                settings,
                new BestFitPolicy(),
                () -> ThreadLocalRandom.current().nextDouble()));
    this.positions = new Positions(topicIds);
    this.inbox = new Inbox(pools, shards, this::buried);
    this.payloads = new Payloads(config.payloadCacheMb() * 1024L * 1024L);
    this.letters = new Letters(payloads, config.lease(), config.heartbeat());
    this.hearing = new Hearing(admin, consumer);
    this.reap = new Alarm(config.lease().dividedBy(6));
    this.renew = new Alarm(config.shardLease().dividedBy(3));
    this.acquire = new Alarm(config.shardLease().dividedBy(2));
  }

  private static PoolSettings settings(DispatcherConfig config) {
    return new PoolSettings(
        config.lease(),
        config.heartbeat(),
        config.cancelGrace(),
        config.timeoutGrace(),
        config.aheadWindow(),
        config.aheadMax(),
        config.reserveAfter(),
        config.passMax());
  }

  /**
   * Loads shards that were just taken.
   *
   * @return whether they are still owned after it
   */
  boolean take(Set<Integer> taken) {
    shards.addAll(taken);
    Effects effects = new Effects();
    for (int shard : taken) {
      Map<String, PoolSnapshot> snapshots =
          database.persistently(
              running,
              tx -> {
                clock.set(tx.now());
                return new SnapshotReader().read(tx, shard);
              });
      snapshots.forEach((name, pool) -> pools.pool(name).restore(pool, clock.now(), effects));
      positions.take(shard, database, consumer);
      explanations.inherit();
      LOG.infof("took shard %d with %d pools", shard, snapshots.size());
    }
    return commit(effects);
  }

  /**
   * One round: read, decide, commit.
   *
   * @return false when a shard was lost, or none is left
   */
  boolean turn() {
    if (busy) {
      pace.await();
    }
    ConsumerRecords<String, byte[]> records = consumer.poll(patience());
    busy = !records.isEmpty();
    RecordSpans spans = RecordSpans.begin(parts.tracing(), records);
    try {
      boolean owned = turn(records);
      spans.end();
      return owned;
    } catch (RuntimeException e) {
      spans.fail(e);
      throw e;
    }
  }

  private boolean turn(ConsumerRecords<String, byte[]> records) {
    Instant now = clock.now();
    Effects effects = new Effects();
    inbox.read(records, now, effects);
    for (ConsumerRecord<String, byte[]> record : records) {
      positions.read(new TopicPartition(record.topic(), record.partition()), record.offset());
    }
    if (reap.due()) {
      pools.tell(new PoolCommand.Reap(), now, effects);
      hearing.ask(now, shards);
    }
    listen(now, effects);
    if (stirred() || retryDue(now) || look.due()) {
      pools.tell(new PoolCommand.Place(), now, effects);
    }
    if (gauge.due()) {
      showGauges(now);
    }
    explanations.look(pools, now);
    boolean late = positions.isDirty() && offsets.due();
    boolean more = late || explanations.isDirty();
    if (!effects.isEmpty() || inbox.hasDeadLetters() || more || renew.due()) {
      return commit(effects) && share();
    }
    return share();
  }

  /**
   * Looks how many instances share the shards. What is more than this one's part goes back, what is
   * missing is taken where it is free.
   *
   * @return false when no shard is left
   */
  private boolean share() {
    if (!acquire.due()) {
      return true;
    }
    int quota = database.persistently(running, parts.leases()::quota);
    if (shards.size() > quota) {
      giveBack(ShardQuota.surplus(shards, quota));
      return !shards.isEmpty();
    }
    if (shards.size() == quota) {
      return true;
    }
    Set<Integer> taken = database.persistently(running, tx -> parts.leases().acquire(tx, quota));
    taken.removeAll(shards);
    return taken.isEmpty() || take(taken);
  }

  /** All that was decided about these shards is committed; the next owner reads on from there. */
  private void giveBack(Set<Integer> surplus) {
    database.persistently(
        running,
        tx -> {
          parts.leases().giveBack(tx, surplus);
          return true;
        });
    shards.removeAll(surplus);
    surplus.forEach(pools::drop);
    positions.drop(surplus, consumer);
    hearing.forget();
    LOG.infof("gave shards %s back to be shared", surplus);
  }

  private boolean stirred() {
    for (PoolState pool : pools.all()) {
      if (pool.stirred()) {
        return true;
      }
    }
    return false;
  }

  private boolean retryDue(Instant now) {
    Instant next = nextRetry();
    return next != null && !next.isAfter(now);
  }

  private @Nullable Instant nextRetry() {
    Instant next = null;
    for (PoolState pool : pools.all()) {
      Instant due = pool.nextRetry();
      if (due != null && (next == null || due.isBefore(next))) {
        next = due;
      }
    }
    return next;
  }

  private Duration patience() {
    if (stirred()) {
      return Duration.ZERO;
    }
    Duration wait = IDLE_POLL;
    Instant next = nextRetry();
    if (next != null) {
      Duration until = Duration.between(clock.now(), next);
      wait = until.compareTo(wait) < 0 ? until : wait;
    }
    wait = reap.left().compareTo(wait) < 0 ? reap.left() : wait;
    return wait.isNegative() ? Duration.ZERO : wait;
  }

  /**
   * Silence counts as a worker's own only when every heartbeat the broker has was read. When the
   * broker could not be asked for long, workers could not be heard either, and all get a fresh
   * time.
   */
  private void listen(Instant now, Effects effects) {
    Hearing.Answer answer = hearing.answer();
    if (answer == null) {
      return;
    }
    if (answer.silence().compareTo(parts.config().lease().dividedBy(2)) > 0) {
      pools.tell(new PoolCommand.Pardon(), now, effects);
    }
    pools.tell(new PoolCommand.Expire(answer.heardUntil()), now, effects);
  }

  private Set<JobId> buried(Set<JobId> jobs) {
    String[] ids = jobs.stream().map(JobId::value).toArray(String[]::new);
    return database.persistently(
        running,
        tx -> {
          Set<JobId> dead = new HashSet<>();
          for (Row row :
              tx.query(
                  "SELECT job_id FROM dispatcher.tombstone WHERE job_id = ANY($1)", (Object) ids)) {
            dead.add(new JobId(row.getString(0)));
          }
          return dead;
        });
  }

  private boolean commit(Effects effects) {
    List<OutboxRow> deadLetters = inbox.takeDeadLetters();
    effects.ranges().forEach(range -> payloads.keep(range.tasks()));
    Optional<Instant> time = database.persistently(running, tx -> write(tx, effects, deadLetters));
    payloads.trim();
    if (time.isEmpty()) {
      LOG.warn("Expected to own the shards, but another instance took one; starting over");
      return false;
    }
    clock.set(time.get());
    explanations.written();
    positions.written();
    renew.reset();
    offsets.reset();
    if (!effects.isEmpty()) {
      parts.afterCommit().run();
    }
    parts.metrics().count(effects);
    return true;
  }

  private Optional<Instant> write(Tx tx, Effects effects, List<OutboxRow> deadLetters) {
    Optional<Instant> time = parts.leases().renew(tx, shards);
    if (time.isPresent()) {
      List<Mail.Assign> assigned = new ArrayList<>();
      for (Mail letter : effects.mail()) {
        if (letter instanceof Mail.Assign assign) {
          assigned.add(assign);
        }
      }
      payloads.fetch(tx, assigned);
      repository.write(tx, effects);
      List<OutboxRow> rows = new ArrayList<>(deadLetters);
      for (JobId job : effects.newsworthy()) {
        Effects.News news = effects.news(job);
        rows.addAll(
            OutboxRow.cut(Topic.TASK_EVENTS, job, news.traceparent(), time.get(), news.events()));
      }
      rows.addAll(letters.write(effects.mail(), time.get()));
      tx.send(rows);
      positions.write(tx, shards);
      explanations.write(tx, shards);
    }
    return time;
  }

  private void showGauges(Instant now) {
    PoolGauges sum = PoolGauges.NONE;
    for (PoolState pool : pools.all()) {
      sum = sum.plus(pool.gauges(now));
    }
    parts.metrics().show(sum, shards.size());
  }
}
