package dev.muster.kit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.muster.testkit.Infrastructure;
import io.vertx.pgclient.PgException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class DatabaseIT {
  private final Scratch scratch = new Scratch();
  private final Database direct = scratch.database();
  private TcpProxy path;
  private Database database;

  @BeforeEach
  void openPath() throws IOException {
    path =
        new TcpProxy(
            Infrastructure.shared().postgres().host(), Infrastructure.shared().postgres().port());
    database = scratch.database(path.port());
  }

  @AfterEach
  void closePath() throws IOException {
    path.close();
    scratch.close();
  }

  @Test
  void workThatThrowsIsRolledBack() {
    assertThatThrownBy(() ->
            database.transaction(tx -> {
              insert(tx, "a");
              throw new IllegalArgumentException("no");
            }))
        .isInstanceOf(IllegalArgumentException.class);

    assertThat(names()).isEmpty();
  }

  @Test
  void failureOfAStatementThatNobodyWaitedForCommitsNothing() {
    assertThatThrownBy(() ->
            database.transaction(tx -> {
              insert(tx, "a");
              tx.later("INSERT INTO " + scratch.schema + ".nowhere VALUES (1)");
              return "done";
            }))
        .isInstanceOf(PgException.class);

    assertThat(names()).isEmpty();
    assertThat(database.<Integer>transaction(tx -> insert(tx, "b"))).isEqualTo(1);
  }

  @Test
  void workThatGoesOnAfterAFailedStatementIsABug() {
    assertThatThrownBy(() ->
            database.transaction(tx -> {
              insert(tx, "a");
              try {
                return tx.query("SELECT 1/0").size();
              } catch (PgException e) {
                return 0;
              }
            }))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("went on");

    assertThat(names()).isEmpty();
  }

  @Test
  void outageIsToldToWhoeverTriesOnce() throws IOException {
    path.cut();

    assertThatThrownBy(() -> database.transaction(tx -> insert(tx, "a")))
        .isInstanceOf(DatabaseUnavailableException.class);
  }

  @Test
  void outagePausesPersistentWorkAndThenItIsDoneOnce() throws Exception {
    AtomicInteger tries = new AtomicInteger();
    path.cut();
    CompletableFuture<Integer> work =
        CompletableFuture.supplyAsync(
            () -> database.persistently(() -> tries.incrementAndGet() > 0, tx -> insert(tx, "a")));
    await().atMost(Duration.ofSeconds(20)).until(() -> tries.get() >= 3);
    assertThat(work).isNotDone();

    path.mend();

    assertThat(work.get()).isEqualTo(1);
    assertThat(names()).containsExactly("a");
  }

  @Test
  void connectionThatBreaksInTheMiddleIsTriedAgain() {
    AtomicBoolean broken = new AtomicBoolean();

    int inserted =
        database.persistently(
            () -> true,
            tx -> {
              int rows = insert(tx, "a");
              if (broken.compareAndSet(false, true)) {
                cutAndMend();
                insert(tx, "b");
              }
              return rows;
            });

    assertThat(inserted).isEqualTo(1);
    assertThat(names()).containsExactly("a");
  }

  @Test
  void stoppingServiceDoesNotTryAgain() throws IOException {
    path.cut();
    AtomicInteger tries = new AtomicInteger();

    assertThatThrownBy(
            () -> database.persistently(() -> tries.incrementAndGet() < 3, tx -> insert(tx, "a")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("the service is stopping");
  }

  @Test
  @Timeout(20)
  void brokenStatementIsABugAndIsNotTriedAgain() {
    assertThatThrownBy(() -> database.persistently(() -> true, tx -> tx.query("SELEC 1")))
        .isInstanceOf(PgException.class);
    assertThatThrownBy(
            () -> database.persistently(() -> true, tx -> tx.query("SELECT $1::int", "one")))
        .isNotInstanceOf(DatabaseUnavailableException.class);
    assertThatThrownBy(() -> database.persistently(() -> true, tx -> tx.query("SELECT $1::int")))
        .isNotInstanceOf(DatabaseUnavailableException.class);
  }

  @Test
  @Timeout(20)
  void dataThatTheDatabaseRefusesIsNotTriedAgain() {
    assertThatThrownBy(() -> database.persistently(() -> true, tx -> insert(tx, "nul\u0000")))
        .isInstanceOfSatisfying(
            PgException.class, e -> assertThat(e.getSqlState()).startsWith("22"));
  }

  @Test
  void poolIsWholeAfterAnOutage() throws IOException {
    for (int i = 0; i < 20; i++) {
      path.cut();
      assertThatThrownBy(() -> database.transaction(tx -> insert(tx, "a")))
          .isInstanceOf(DatabaseUnavailableException.class);
      path.mend();
      String name = "n" + i;
      assertThat(database.<Integer>persistently(() -> true, tx -> insert(tx, name))).isEqualTo(1);
    }
    assertThat(names()).hasSize(20);
  }

  private int insert(Tx tx, String name) {
    return tx.update("INSERT INTO " + scratch.schema + ".item (name) VALUES ($1)", name);
  }

  private List<String> names() {
    return direct.transaction(tx ->
        tx.query("SELECT name FROM " + scratch.schema + ".item ORDER BY name").stream()
            .map(row -> row.getString(0))
            .toList());
  }

  private void cutAndMend() {
    try {
      path.cut();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    path.mend();
  }
}
