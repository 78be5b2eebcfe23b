package dev.muster.gateway.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.testkit.Seeds;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class SnapshotTest {
  @Test
  void transactionIsSeenWhenItHadEnded() {
    Snapshot snapshot = Snapshot.parse("10:15:10,13");

    assertThat(snapshot.sees(9)).isTrue();
    assertThat(snapshot.sees(10)).isFalse();
    assertThat(snapshot.sees(12)).isTrue();
    assertThat(snapshot.sees(13)).isFalse();
    assertThat(snapshot.sees(15)).isFalse();
  }

  @Test
  void textIsReadAsItWasWritten() {
    for (String text : List.of("10:15:10,13", "7:7:", "1:9007199254740993:2")) {
      assertThat(Snapshot.parse(text).text()).isEqualTo(text);
    }
    FeedPosition between =
        new FeedPosition(Snapshot.parse("10:15:10"), Snapshot.parse("15:15:"), 4711);
    assertThat(FeedPosition.parse(between.text())).isEqualTo(between);
    assertThat(FeedPosition.parse("7:7:")).isEqualTo(FeedPosition.at(Snapshot.parse("7:7:")));
  }

  @Test
  void otherTextsAreRefused() {
    for (String text : List.of("", "1", "1:2", "2:1:", "a:b:", "1:2:3 4:5:", "1:2: 3:4: -1")) {
      assertThatThrownBy(() -> FeedPosition.parse(text))
          .as(text)
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  /** Transactions begin and end in any order; a reader that looks now and then sees each once. */
  @Test
  void stepsBetweenSnapshotsHoldEveryTransactionOnce() {
    Seeds.forEach(
        300,
        random -> {
          long next = 5;
          Set<Long> running = new TreeSet<>();
          Set<Long> committed = new HashSet<>();
          List<Snapshot> chain = new ArrayList<>(List.of(new Snapshot(5, 5, List.of())));
          List<Long> told = new ArrayList<>();
          for (int step = 0; step < 60; step++) {
            int what = random.nextInt(3);
            if (what == 0) {
              running.add(next++);
            } else if (what == 1 && !running.isEmpty()) {
              Long ended = List.copyOf(running).get(random.nextInt(running.size()));
              running.remove(ended);
              committed.add(ended);
            } else if (what == 2) {
              Snapshot now = now(next, running);
              Snapshot before = chain.getLast();
              committed.stream().filter(tx -> now.sees(tx) && !before.sees(tx)).forEach(told::add);
              assertThat(now.covers(before)).isTrue();
              chain.add(now);
            }
          }
          Snapshot last = now(next, running);
          Snapshot before = chain.getLast();
          committed.stream().filter(tx -> last.sees(tx) && !before.sees(tx)).forEach(told::add);

          assertThat(told).doesNotHaveDuplicates();
          assertThat(new HashSet<>(told)).isEqualTo(committed);
        });
  }

  private static Snapshot now(long next, Set<Long> running) {
    long xmin = running.stream().min(Long::compare).orElse(next);
    return new Snapshot(xmin, next, List.copyOf(running));
  }
}
