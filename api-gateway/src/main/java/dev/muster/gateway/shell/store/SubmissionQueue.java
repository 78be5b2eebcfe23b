package dev.muster.gateway.shell.store;

import dev.muster.gateway.shell.config.Secrets;
import dev.muster.kit.Database;
import dev.muster.kit.DatabaseUnavailableException;
import io.vertx.pgclient.PgException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Makes submissions durable. What comes while a transaction runs is committed together by the next
 * one: under load a commit is paid once for up to {@value #GROUP_MAX} jobs, and at low load nobody
 * waits for anybody.
 */
public final class SubmissionQueue implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(SubmissionQueue.class);
  private static final int GROUP_MAX = 64;
  private static final int WAITING_MAX = 4_096;

  private final Database database;
  private final Credit credit;
  private final DatabaseWatch watch;
  private final Secrets secrets;
  private final Runnable committed;
  private final BlockingQueue<Waiting> queue = new ArrayBlockingQueue<>(WAITING_MAX);
  private final IdempotencySweeper sweeper;
  private final Thread thread;
  private volatile boolean running = true;

  private record Waiting(Draft draft, CompletableFuture<Outcome> outcome) {}

  /**
   * @param database the gateway's schema
   * @param credit whether the tenants can pay
   * @param watch ends the wait of a request when the database is gone
   * @param secrets makes the key of each job
   * @param committed told after each commit that made a job
   */
  public SubmissionQueue(
      Database database, Credit credit, DatabaseWatch watch, Secrets secrets, Runnable committed) {
    this.database = database;
    this.credit = credit;
    this.watch = watch;
    this.secrets = secrets;
    this.committed = committed;
    this.sweeper = new IdempotencySweeper(database);
    this.thread = Thread.ofVirtual().name("submissions").unstarted(this::run);
  }

  /** Starts committing. */
  public SubmissionQueue start() {
    thread.start();
    return this;
  }

  /**
   * Makes a draft durable, together with others if they wait.
   *
   * @throws DatabaseUnavailableException when the database does not answer, or too many wait
   */
  public Outcome commit(Draft draft) {
    if (draft.isLarge()) {
      return commitAlone(List.of(draft)).getFirst();
    }
    Waiting waiting = new Waiting(draft, new CompletableFuture<>());
    if (!running || !queue.offer(waiting)) {
      throw DatabaseWatch.gone("too many submissions wait", null);
    }
    try {
      return watch.result(waiting.outcome());
    } catch (DatabaseUnavailableException e) {
      // What was not begun is never done; of the rest only a repeat with the same key can tell.
      queue.remove(waiting);
      throw e;
    }
  }

  /** Makes drafts durable in one transaction of their own. */
  public List<Outcome> commitAlone(List<Draft> drafts) {
    if (drafts.isEmpty()) {
      return List.of();
    }
    try {
      return watch.call(() -> {
        List<Outcome> outcomes = transaction(drafts);
        committed.run();
        return outcomes;
      });
    } catch (PgException e) {
      if (isLockTimeout(e)) {
        return drafts.stream().<Outcome>map(draft -> new Outcome.Running()).toList();
      }
      throw e;
    }
  }

  private List<Outcome> transaction(List<Draft> drafts) {
    List<Outcome> outcomes =
        database.transaction(tx -> {
          if (drafts.stream().anyMatch(draft -> draft.repeat() != null)) {
            // Another gateway may hold a key: its request is running, and we say so soon.
            tx.later("SET LOCAL lock_timeout = '700ms'");
          }
          return SubmissionRepository.commit(tx, drafts, credit, secrets);
        });
    watch.heard();
    return outcomes;
  }

  private void run() {
    List<Waiting> group = new ArrayList<>(GROUP_MAX);
    while (running || !queue.isEmpty()) {
      group.clear();
      try {
        Waiting first = queue.poll(1, TimeUnit.SECONDS);
        if (first == null) {
          sweeper.sweepIfDue();
        } else {
          group.add(first);
          queue.drainTo(group, GROUP_MAX - 1);
          commitGroup(group);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        running = false;
      } catch (RuntimeException e) {
        LOG.error("Expected to commit submissions, but", e);
        group.forEach(waiting -> waiting.outcome().completeExceptionally(e));
      }
    }
    queue.forEach(
        waiting -> waiting.outcome().completeExceptionally(DatabaseWatch.gone("stopping", null)));
  }

  private void commitGroup(List<Waiting> group) {
    try {
      List<Outcome> outcomes = transaction(group.stream().map(Waiting::draft).toList());
      committed.run();
      for (int i = 0; i < group.size(); i++) {
        group.get(i).outcome().complete(outcomes.get(i));
      }
    } catch (DatabaseUnavailableException e) {
      group.forEach(waiting -> waiting.outcome().completeExceptionally(e));
    } catch (PgException e) {
      LOG.debugf("Expected to commit %d submissions at once, but %s", group.size(), e.getMessage());
      group.forEach(this::commitOne);
    }
  }

  /** One bad neighbour, or one key that another gateway holds, must not fail a whole group. */
  private void commitOne(Waiting waiting) {
    try {
      waiting.outcome().complete(commitAlone(List.of(waiting.draft())).getFirst());
    } catch (RuntimeException e) {
      waiting.outcome().completeExceptionally(e);
    }
  }

  private static boolean isLockTimeout(PgException e) {
    return "55P03".equals(e.getSqlState());
  }

  /** Commits what waits, then stops. */
  @Override
  public void close() {
    running = false;
    try {
      thread.join(5_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
