package dev.muster.contracts.job;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;

/** Why a task or a job failed (K-04), each with what its owner can do about it. */
public enum ErrorCode {
  @JsonProperty("result_missing")
  RESULT_MISSING(
      "Write a JSON document to the path in MUSTER_TASK_RESULT before the command exits."),
  @JsonProperty("result_invalid")
  RESULT_INVALID(
      "Write one valid JSON document of at most 1 MiB to the path in MUSTER_TASK_RESULT."),
  @JsonProperty("exit_nonzero")
  EXIT_NONZERO(
      "Read the task's output for the command's own message; set retries if the failure passes by itself."),
  @JsonProperty("requirements_resolution_failed")
  REQUIREMENTS_RESOLUTION_FAILED(
      "Correct the project's requirements.txt; the error is the resolver's own line."),
  @JsonProperty("start_failed")
  START_FAILED(
      "Check that the program named in runner_command exists on the workers and may be executed."),
  @JsonProperty("timeout")
  TIMEOUT("Raise timeout_s or give each task less work."),
  @JsonProperty("worker_lost")
  WORKER_LOST(
      "The worker went away more often than the retry budget allows; retry the job, or raise retries."),
  @JsonProperty("task_kills_workers")
  TASK_KILLS_WORKERS(
      "Workers went away each time they ran this task; check its memory use before running it again."),
  @JsonProperty("cuda_oom")
  CUDA_OOM("Ask for a GPU with more memory (requirements.gpu_memory_gb) or use smaller batches."),
  @JsonProperty("deadline_exceeded")
  DEADLINE_EXCEEDED("Give the job a later deadline, a higher priority or more workers."),
  @JsonProperty("dependency_failed")
  DEPENDENCY_FAILED("Look at the job this one depends on, retry it, then submit this one again."),
  @JsonProperty("unschedulable")
  UNSCHEDULABLE(
      "No worker of the pool can ever meet the requirements; lower them or add a worker."),
  @JsonProperty("input_invalid")
  INPUT_INVALID("Correct the submission; the detail names the field."),
  @JsonProperty("cancelled_by_user")
  CANCELLED_BY_USER("Nothing to do; submit it again if it is wanted after all."),
  @JsonProperty("shard_count_mismatch")
  SHARD_COUNT_MISMATCH(
      "Give as many workers as there are shards, cut the data into as many shards as workers, or set auto_select_workers."),
  @JsonProperty("model_def_missing")
  MODEL_DEF_MISSING(
      "Put model_def.py at the root of the project, push it, and submit the job again."),
  @JsonProperty("model_def_invalid")
  MODEL_DEF_INVALID("Correct model_def.py; the error says which line or which function is meant."),
  @JsonProperty("gang_failed")
  GANG_FAILED("Another member of the task's gang failed; look at the error of that one."),
  @JsonProperty("internal")
  INTERNAL("Retry the job; if it happens again, send the request id to the operator.");

  private final String recommendedAction;

  ErrorCode(String recommendedAction) {
    this.recommendedAction = recommendedAction;
  }

  /** One sentence: what the owner can do next. */
  public String recommendedAction() {
    return recommendedAction;
  }

  /** The word used in JSON. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
