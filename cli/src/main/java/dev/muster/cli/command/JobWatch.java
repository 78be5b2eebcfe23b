package dev.muster.cli.command;

import dev.muster.cli.shell.Api;
import dev.muster.cli.shell.Detach;
import dev.muster.cli.shell.EventStream;
import dev.muster.cli.shell.Session;
import dev.muster.cli.view.ExitCode;
import dev.muster.cli.view.Json;
import dev.muster.cli.view.JsonText;
import dev.muster.cli.view.SseParser.SseEvent;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Follows a job to its end and shows it the asked-for way. */
class JobWatch implements EventStream.Listener {
  private final Session session;
  private final String jobId;
  private final @Nullable ProgressPrinter progress;
  private final @Nullable LogPrinter logs;
  private Json lastSeen = Json.NULL;
  private boolean fresh;

  /**
   * @param progress shows the job's progress, if wanted
   * @param logs shows the tasks' output, if wanted
   */
  JobWatch(
      Session session,
      String jobId,
      @Nullable ProgressPrinter progress,
      @Nullable LogPrinter logs) {
    this.session = session;
    this.jobId = jobId;
    this.progress = progress;
    this.logs = logs;
  }

  /** Runs to the job's end, or until the timeout. */
  ExitCode run(@Nullable Duration timeout) {
    ExitCode code;
    try (var _ = new Detach(session.terminal(), detached())) {
      var stream = new EventStream(session.api(), "/jobs/" + Api.encoded(jobId) + "/stream");
      code = stream.follow(this, timeout);
    }
    if (progress != null) {
      progress.end();
    }
    if (code == ExitCode.STILL_RUNNING) {
      session.hint("Still running. Come back with: muster watch " + jobId);
    }
    return code == ExitCode.OK ? ExitCode.ofEndedJob(lastSeen.text("status")) : code;
  }

  /** The newest view of the job, {@link Json#NULL} when none came. */
  Json lastSeen() {
    return lastSeen;
  }

  @Override
  public void connected() {
    fresh = true;
  }

  @Override
  public boolean event(SseEvent event) {
    if (fresh && logs != null) {
      // From here on the stream is live, so what was written before is asked for only now.
      logs.catchUp();
    }
    fresh = false;
    switch (event.name()) {
      case "job" -> seen(parsed(event));
      case "log" -> {
        if (logs != null) {
          logs.live(parsed(event));
        }
      }
      case "end" -> {
        seen(parsed(event));
        if (logs != null) {
          logs.end();
        }
        return false;
      }
      default -> other(event);
    }
    return true;
  }

  @Override
  public void lost() {
    if (progress != null) {
      progress.lost();
    }
  }

  /** Takes a new view of the job. */
  void seen(Json job) {
    lastSeen = job;
    if (progress != null) {
      progress.show(job);
    }
  }

  /** What to say on Ctrl-C. */
  String detached() {
    return "The job goes on. Come back with: muster watch " + jobId;
  }

  /** Takes an event that is neither about the job as a whole nor output. */
  void other(SseEvent event) {}

  private static Json parsed(SseEvent event) {
    try {
      return JsonText.parse(event.data().getBytes(StandardCharsets.UTF_8));
    } catch (JsonText.BadJsonException e) {
      throw new IllegalStateException(
          "Expected JSON in a " + event.name() + " event, but " + e.getMessage());
    }
  }
}
