package dev.muster.agent.attempt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.agent.attempt.Decision.Accepted;
import dev.muster.contracts.job.ErrorCode;
import dev.muster.contracts.task.AttemptEnd;
import dev.muster.contracts.task.AttemptEnd.Status;
import dev.muster.contracts.worker.MailEvent.Reason;
import dev.muster.testkit.Seeds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class AttemptDeciderTest {
  private static final AttemptEnd SUCCEEDED =
      new AttemptEnd(Status.SUCCEEDED, "{}", 0, null, null, null, null, 0, 1);
  private static final AttemptEnd KILLED =
      new AttemptEnd(
          Status.FAILED, null, null, 9, ErrorCode.EXIT_NONZERO, "by signal 9", "tail", 4, 1);

  private static final List<AttemptCommand> COMMANDS =
      List.of(
          new AttemptCommand.Start(),
          new AttemptCommand.Launched(),
          new AttemptCommand.End(SUCCEEDED),
          new AttemptCommand.End(KILLED),
          new AttemptCommand.Revoke(Reason.CANCELLED),
          new AttemptCommand.Revoke(Reason.STALE),
          new AttemptCommand.Revoke(Reason.UNSTARTED_WANTED),
          new AttemptCommand.Expire(),
          new AttemptCommand.Fence(),
          new AttemptCommand.Shutdown(),
          new AttemptCommand.Acknowledge());

  @Test
  void acceptedEdgesAreThoseOfTheDiagram() throws IOException {
    Set<String> accepted = new TreeSet<>();
    for (AttemptState state : states()) {
      for (AttemptCommand command : COMMANDS) {
        if (AttemptDecider.decide(state, command) instanceof Accepted(AttemptEvent event)) {
          accepted.add(
              name(state) + " " + name(command) + " " + name(AttemptDecider.evolve(state, event)));
        }
      }
    }

    assertThat(accepted).isEqualTo(diagram());
  }

  @Test
  void everyHistoryEndsOnceAndStaysEnded() {
    Seeds.forEach(
        500,
        random -> {
          AttemptState state = new AttemptState.Waiting();
          int reports = 0;
          for (int i = 0; i < 40; i++) {
            AttemptCommand command = COMMANDS.get(random.nextInt(COMMANDS.size()));
            Decision decision = AttemptDecider.decide(state, command);
            assertThat(AttemptDecider.decide(state, command)).isEqualTo(decision);
            if (decision instanceof Accepted(AttemptEvent event)) {
              assertThat(state).isNotInstanceOf(AttemptState.Gone.class);
              reports +=
                  event instanceof AttemptEvent.Finished || event instanceof AttemptEvent.Returned
                      ? 1
                      : 0;
              state = AttemptDecider.evolve(state, event);
            }
          }
          assertThat(reports).isLessThanOrEqualTo(1);
        });
  }

  @Test
  void staleAttemptReportsNothing() {
    Decision decision =
        AttemptDecider.decide(
            new AttemptState.Stopping(StopCause.STALE), new AttemptCommand.End(SUCCEEDED));

    assertThat(decision).isEqualTo(new Accepted(new AttemptEvent.Dropped()));
  }

  @Test
  void fencedAttemptThatWasKilledIsReportedLost() {
    Decision decision =
        AttemptDecider.decide(
            new AttemptState.Stopping(StopCause.FENCED), new AttemptCommand.End(KILLED));

    assertThat(end(decision).status()).isEqualTo(Status.LOST);
    assertThat(end(decision).signal()).isEqualTo(9);
  }

  @Test
  void attemptThatSucceededBeforeItsFenceIsReportedAsItEnded() {
    Decision decision =
        AttemptDecider.decide(
            new AttemptState.Stopping(StopCause.FENCED), new AttemptCommand.End(SUCCEEDED));

    assertThat(end(decision)).isEqualTo(SUCCEEDED);
  }

  @Test
  void timedOutAttemptKeepsItsSignalAndTail() {
    Decision decision =
        AttemptDecider.decide(
            new AttemptState.Stopping(StopCause.TIMEOUT), new AttemptCommand.End(KILLED));

    assertThat(end(decision).status()).isEqualTo(Status.TIMED_OUT);
    assertThat(end(decision).errorCode()).isEqualTo(ErrorCode.TIMEOUT);
    assertThat(end(decision).outputTail()).isEqualTo("tail");
  }

  @Test
  void cancelledAttemptIsReportedCancelledHoweverItEnded() {
    Decision decision =
        AttemptDecider.decide(
            new AttemptState.Stopping(StopCause.CANCELLED), new AttemptCommand.End(SUCCEEDED));

    assertThat(end(decision).status()).isEqualTo(Status.CANCELLED);
    assertThat(end(decision).result()).isNull();
  }

  private static AttemptEnd end(Decision decision) {
    if (decision instanceof Accepted(AttemptEvent.Finished(AttemptEnd end))) {
      return end;
    }
    throw new AssertionError("Expected an end to report, but got " + decision);
  }

  private static List<AttemptState> states() {
    List<AttemptState> states =
        new ArrayList<>(
            List.of(
                new AttemptState.Waiting(),
                new AttemptState.Starting(),
                new AttemptState.Running(),
                new AttemptState.Reporting(),
                new AttemptState.Gone()));
    for (StopCause cause : StopCause.values()) {
      states.add(new AttemptState.Stopping(cause));
    }
    return states;
  }

  private static Set<String> diagram() throws IOException {
    String source =
        Files.readString(Path.of("src/main/java/dev/muster/agent/attempt/package-info.java"));
    Matcher edge = Pattern.compile("([A-Z]+) +--([A-Za-z]+)--> +([A-Z]+)").matcher(source);
    Set<String> edges = new TreeSet<>();
    while (edge.find()) {
      edges.add(edge.group(1) + " " + edge.group(2) + " " + edge.group(3));
    }
    return edges;
  }

  private static String name(AttemptState state) {
    return state.getClass().getSimpleName().toUpperCase(Locale.ROOT);
  }

  private static String name(AttemptCommand command) {
    return command.getClass().getSimpleName();
  }
}
