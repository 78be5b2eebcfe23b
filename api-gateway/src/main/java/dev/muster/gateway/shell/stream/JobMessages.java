package dev.muster.gateway.shell.stream;

import dev.muster.contracts.job.JobEvent;
import dev.muster.gateway.shell.json.ApiJson;
import dev.muster.gateway.shell.store.JobRepository;
import dev.muster.gateway.view.JobLine;
import dev.muster.gateway.view.JobSummary;
import dev.muster.gateway.view.JobView;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** What streams say of a job. */
final class JobMessages {
  private JobMessages() {}

  /** A change, for the streams of its job; after the job's end its summary and the end. */
  static List<Entry.Message> ofJob(JobEvent event, JobRepository.Found now) {
    return ofJob(at(event, now));
  }

  /** A change that is made up for: the end of the stream is told apart, after the last of them. */
  static List<Entry.Message> missed(JobEvent event, JobRepository.Found now) {
    JobRepository.Found then = at(event, now);
    Entry.Message view = message("job", JobView.of(then.stored(), then.facts()));
    return event.kind().isEnd() ? List.of(view, summary(then)) : List.of(view);
  }

  /** A job as it is. */
  static List<Entry.Message> ofJob(JobRepository.Found job) {
    Entry.Message view = message("job", JobView.of(job.stored(), job.facts()));
    if (!job.facts().state().isTerminal()) {
      return List.of(view);
    }
    return List.of(view, summary(job), new Entry.Message("end", view.json()));
  }

  private static Entry.Message summary(JobRepository.Found job) {
    return message("summary", JobSummary.of(job.stored(), job.facts()));
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
