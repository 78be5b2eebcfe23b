package dev.muster.gateway.shell.http;

import dev.muster.gateway.progress.LogProgress;
import dev.muster.gateway.shell.json.ApiJson;
import dev.muster.gateway.shell.store.JobRepository;
import dev.muster.gateway.shell.store.TaskRepository;
import dev.muster.gateway.view.InlineProgressView;
import jakarta.inject.Singleton;
import jakarta.ws.rs.core.UriInfo;

/** How far the running command of a job is, from the end of its log (K-09). */
@Singleton
public class InlineProgress {
  private final Requests requests;
  private final TaskRepository tasks;

  InlineProgress(Requests requests, TaskRepository tasks) {
    this.requests = requests;
    this.tasks = tasks;
  }

  /** The answer; everything but the job's id is null for a job that does not run. */
  String of(String id, UriInfo uri) {
    Query.of(uri).check();
    JobRepository.Found job = requests.job(id);
    String external = job.stored().id().external();
    if (!job.facts().status().equals("running")) {
      return ApiJson.text(InlineProgressView.none(external));
    }
    return ApiJson.text(
        tasks
            .newestOutput(job.stored().id())
            .map(row ->
                InlineProgressView.of(
                    external,
                    row.getInteger("index"),
                    LogProgress.of(row.getString("output_tail"))))
            .orElseGet(() -> InlineProgressView.none(external)));
  }
}
