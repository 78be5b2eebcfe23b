package dev.muster.gateway.shell.stream;

import dev.muster.contracts.job.JobEvent;
import dev.muster.contracts.task.ProgressEvent;
import dev.muster.contracts.task.TaskEvent;

/** Something that a stream may want to tell its reader. */
sealed interface Update {
  /** The job changed; numbered, and never dropped. */
  record Job(JobEvent event) implements Update {}

  /** A task changed. */
  record Task(TaskEvent event) implements Update {}

  /** A command wrote something or reported progress. */
  record Progress(ProgressEvent event) implements Update {}

  /** Updates were dropped or missed: what is shown must be looked up again. */
  record Lost() implements Update {}
}
