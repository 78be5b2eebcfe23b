package dev.muster.cli.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.cli.view.SseParser.SseEvent;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SseParserTest {
  private final SseParser parser = new SseParser(2_000);

  @Test
  void eventIsCompleteAtTheEmptyLine() {
    assertThat(feed("id: 4", "event: job", "data: {}", ""))
        .containsExactly(new SseEvent("job", "{}"));
    assertThat(parser.lastEventId()).isEqualTo("4");
  }

  @Test
  void dataLinesAreJoinedAndOneSpaceIsLeftOut() {
    assertThat(feed("data:a", "data:  b", "data", ""))
        .containsExactly(new SseEvent("message", "a\n b\n"));
  }

  @Test
  void commentsAndUnknownFieldsSayNothing() {
    assertThat(feed(": hb", "", "strange: 1", "", "event: job", "")).isEmpty();
  }

  @Test
  void eventCutOffInTheMiddleDoesNotCount() {
    feed("id: 4", "data: x", "", "id: 5", "event: job", "data: half");

    parser.reconnected();

    assertThat(parser.lastEventId()).isEqualTo("4");
    assertThat(feed("data: y", "")).containsExactly(new SseEvent("message", "y"));
    assertThat(parser.lastEventId()).isEqualTo("4");
  }

  @Test
  void delayIsTakenFromTheServerWhenItIsANumber() {
    feed("retry: 150", "retry: soon");

    assertThat(parser.retryMillis()).isEqualTo(150);
  }

  private List<SseEvent> feed(String... lines) {
    var events = new ArrayList<SseEvent>();
    for (String line : lines) {
      SseEvent event = parser.line(line);
      if (event != null) {
        events.add(event);
      }
    }
    return events;
  }
}
