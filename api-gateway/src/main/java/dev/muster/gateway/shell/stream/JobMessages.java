package dev.muster.gateway.shell.stream;

import dev.muster.contracts.job.JobEvent;
import dev.muster.gateway.shell.json.ApiJson;
import dev.muster.gateway.shell.json.LiveJson;
import dev.muster.gateway.shell.store.JobRepository;
import dev.muster.gateway.view.AggregatesView;
import dev.muster.gateway.view.JobLine;
import dev.muster.gateway.view.JobSummary;
import dev.muster.gateway.view.JobView;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What streams say of a job. */
final class JobMessages {
  private JobMessages() {}

  /**
   * A change, for the streams of its job; with what was added up of its results by then, where that
   * is known; after the job's end its summary and the end.
   */
  static List<Entry.Message> ofJob(JobEvent event, JobRepository.Found now) {
    JobRepository.Found then = at(event, now);
    AggregatesView aggregates =
        event.seq() == now.facts().version() ? LiveJson.view(now.stored(), now.facts()) : null;
    return ofJob(then, aggregates);
  }

  /** A change that is made up for: the end of the stream is told apart, after the last of them. */
  static List<Entry.Message> missed(JobEvent event, JobRepository.Found now) {
    JobRepository.Found then = at(event, now);
    Entry.Message view = message("job", JobView.of(then.stored(), then.facts()));
    return event.kind().isEnd()
        ? List.of(view, summary(then, LiveJson.view(then.stored(), then.facts())))
        : List.of(view);
  }

  /** A job as it is. */
  static List<Entry.Message> ofJob(JobRepository.Found job) {
    return ofJob(job, LiveJson.view(job.stored(), job.facts()));
  }

  private static List<Entry.Message> ofJob(
      JobRepository.Found job, @Nullable AggregatesView aggregates) {
    Entry.Message view = message("job", JobView.of(job.stored(), job.facts()));
    if (!job.facts().state().isTerminal()) {
      return aggregates == null ? List.of(view) : List.of(view, summary(job, aggregates));
    }
    return List.of(view, summary(job, aggregates), new Entry.Message("end", view.json()));
  }

  private static Entry.Message summary(
      JobRepository.Found job, @Nullable AggregatesView aggregates) {
    return message("summary", JobSummary.of(job.stored(), job.facts(), aggregates));
  }

  /** For a reader that knows the last change already. */
  static Entry.Message end(JobRepository.Found job) {
    return message("end", JobView.of(job.stored(), job.facts()));
  }

  /** A change, for the streams of many jobs. */
  static Entry.Message line(JobEvent event, JobRepository.Found now) {
    return line(at(event, now));
  }

  /** A job as it is. */
  static Entry.Message line(JobRepository.Found job) {
    return message("job", JobLine.of(job.stored(), job.facts()));
  }

  /** Anything under a name. */
  static Entry.Message message(String name, Object body) {
    return new Entry.Message(name, ApiJson.text(body).getBytes(StandardCharsets.UTF_8));
  }

  private static JobRepository.Found at(JobEvent event, JobRepository.Found now) {
    return new JobRepository.Found(now.stored(), JobView.asOf(event, now.facts()));
  }
}
