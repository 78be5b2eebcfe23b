package dev.muster.kit;

import dev.muster.contracts.Topic;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Sends again, from the database, what topics have lost. A topic that has another identity than
 * before was made anew, with nothing in it; so it is after the broker lost its disk. What was sent
 * to it before is written to the outbox once more, page by page, and where it stands is kept in
 * {@code resend}, so that neither a crash nor a second instance begins it anew.
 */
public final class Resender implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(Resender.class);
  private static final Duration LOOK = Duration.ofSeconds(5);
  private static final Duration PAGE_PAUSE = Duration.ofMillis(20);
  private static final Duration FULL_PAUSE = Duration.ofMillis(200);

  /** Records that may wait in the outbox before the next page; the daily work goes before. */
  private static final int OUTBOX_MAX = 2_000;

  private final Database database;
  private final OutboxRelay relay;
  private final String bootstrapServers;
  private final String name;
  private final Set<String> topics;
  private final Source source;
  private final Semaphore stop = new Semaphore(0);
  private final Thread thread;
  private @Nullable Admin admin;
  private String seen = "";

  /** Finds what was sent. */
  public interface Source {
    /**
     * Writes the next page to the outbox.
     *
     * @param after where the last page ended; empty before the first
     * @param sending how often the topics were lost, from 1
     * @return where this page ended, or null when nothing follows it
     */
    @Nullable String page(Tx tx, String after, int sending);
  }

  /**
   * @param name what is sent, the key of its row in {@code resend}
   * @param topics those whose loss calls for it
   */
  public Resender(
      Database database,
      OutboxRelay relay,
      String bootstrapServers,
      String name,
      Set<Topic<?>> topics,
      Source source) {
    this.database = database;
    this.relay = relay;
    this.bootstrapServers = bootstrapServers;
    this.name = name;
    this.topics = topics.stream().map(Topic::name).collect(Collectors.toUnmodifiableSet());
    this.source = source;
    this.thread = Thread.ofVirtual().name("resender").unstarted(this::run);
  }

  /** Begins to look, a while after the start of the service. */
  public Resender start() {
    thread.start();
    return this;
  }

  @Override
  public void close() {
    stop.release();
    try {
      thread.join(Duration.ofSeconds(5));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    Duration pause = LOOK;
    long nextLook = System.nanoTime();
    try {
      while (!stop.tryAcquire(pause.toMillis(), TimeUnit.MILLISECONDS)) {
        try {
          if (System.nanoTime() - nextLook >= 0) {
            look();
            nextLook = System.nanoTime() + LOOK.toNanos();
          }
          pause = step();
        } catch (BrokerSilentException | DatabaseUnavailableException e) {
          pause = LOOK;
          LOG.debugf("Expected to compare the topics of %s, but %s", name, e.getMessage());
        } catch (RuntimeException e) {
          pause = LOOK;
          LOG.errorf(e, "Expected to send %s again, but it failed; trying on", name);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      if (admin != null) {
        admin.close(Duration.ZERO);
      }
    }
  }

  /** Compares the identity of the topics with what it was; the comparison is the database's. */
  private void look() throws InterruptedException {
    String now = identity();
    if (now.equals(seen)) {
      return;
    }
    boolean lost =
        database.transaction(tx -> {
          RowSet<Row> rows =
              tx.query(
                  "INSERT INTO "
                      + database.schema()
                      + ".resend AS r (name, topic_ids) VALUES ($1, $2) ON CONFLICT (name) DO"
                      + " UPDATE SET topic_ids = EXCLUDED.topic_ids, sendings = r.sendings + 1,"
                      + " after = '' WHERE r.topic_ids <> EXCLUDED.topic_ids RETURNING sendings",
                  name,
                  now);
          return rows.size() > 0 && rows.iterator().next().getInteger(0) > 0;
        });
    seen = now;
    if (lost) {
      LOG.warnf(
          "Expected the topics %s as they were, but they were made anew; sending %s again",
          topics, name);
    }
  }

  private String identity() throws InterruptedException {
    if (admin == null) {
      admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers));
    }
    try {
      Map<String, String> ids = new TreeMap<>();
      admin
          .describeTopics(topics)
          .allTopicNames()
          .get(10, TimeUnit.SECONDS)
          .forEach((topic, description) -> ids.put(topic, description.topicId().toString()));
      return String.join(",", ids.values());
    } catch (ExecutionException | TimeoutException e) {
      throw new BrokerSilentException(e);
    }
  }

  /** The broker does not say which topics it has: it is away, or they are not made yet. */
  private static final class BrokerSilentException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    BrokerSilentException(Exception cause) {
      super("the broker does not describe them: " + cause.getMessage(), cause);
    }
  }

  /** Sends one page where something is to be sent; returns how long to wait for the next step. */
  private Duration step() {
    Duration pause = database.transaction(this::step);
    if (!pause.equals(LOOK)) {
      relay.wake();
    }
    return pause;
  }

  private Duration step(Tx tx) {
    RowSet<Row> rows =
        tx.query(
            "SELECT after, sendings, (SELECT count(*) FROM (SELECT FROM "
                + database.schema()
                + ".outbox LIMIT $2) AS first) AS waiting FROM "
                + database.schema()
                + ".resend WHERE name = $1 AND after IS NOT NULL FOR UPDATE SKIP LOCKED",
            name,
            (long) OUTBOX_MAX);
    if (rows.size() == 0) {
      return LOOK;
    }
    Row row = rows.iterator().next();
    if (row.getLong("waiting") >= OUTBOX_MAX) {
      return FULL_PAUSE;
    }
    String next = source.page(tx, row.getString("after"), row.getInteger("sendings"));
    tx.update("UPDATE " + database.schema() + ".resend SET after = $2 WHERE name = $1", name, next);
    if (next == null) {
      LOG.infof("sent %s again, all of it", name);
    }
    return PAGE_PAUSE;
  }
}
