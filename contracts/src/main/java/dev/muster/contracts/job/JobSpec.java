package dev.muster.contracts.job;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.muster.contracts.id.IndexRanges;
import dev.muster.contracts.id.JobId;
import dev.muster.contracts.task.FileAccess;
import dev.muster.contracts.task.Gang;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A submission that was validated and accepted; it never changes. User documents ({@code payload},
 * {@code meta}) are JSON text kept byte for byte.
 *
 * @param tenant who owns the job
 * @param pool the fleet that will run it
 * @param type the job type, {@code structured_runner}, {@code sweep}, {@code benchmark}, {@code
 *     map_reduce} or {@code federated}
 * @param project the user's project name, if any
 * @param clientRef the user's own reference, if any
 * @param tags up to 50, each up to 64 characters
 * @param meta a JSON object the user attached, if any
 * @param variant the user's name for what varies, if any
 * @param runnerCommand the command of every task, at least one word
 * @param payload the base payload, a JSON object; for {@code BY} without the split field
 * @param fanOut how it becomes items
 * @param batchSize items per task, from 1; 0 when the user asked for no batching
 * @param taskCount tasks of the job in all its {@link Stages}, 1 to 1,000,000
 * @param requirements minimums for each attempt
 * @param retry budgets for retries
 * @param timeoutSeconds longest run of one attempt, 1 to 604,800
 * @param priority higher goes first, -100 to 100, default 0
 * @param retryOf the finished job whose unsuccessful tasks this one runs again, if any
 * @param carried tasks whose results are taken over from {@code retryOf}
 * @param files which files the attempts may have and leave; null in what older versions wrote
 * @param callbackUrl where the end of the job is told (S2-48), checked and rebuilt; null for
 *     nowhere
 * @param design what is particular to another type than {@code structured_runner}, if anything
 * @param gang which tasks run together; null when each runs for itself
 * @param skipped tasks that neither run nor are taken over: a retry leaves them out; null for none
 * @param deadlineSeconds how long after its acceptance the job ends with what it has by then, 1 to
 *     2,592,000; null for never
 * @param dependsOn the jobs it waits for; null for none
 */
public record JobSpec(
    String tenant,
    String pool,
    String type,
    @Nullable String project,
    @Nullable String clientRef,
    List<String> tags,
    @Nullable String meta,
    @Nullable String variant,
    List<String> runnerCommand,
    String payload,
    FanOut fanOut,
    int batchSize,
    int taskCount,
    ResourceRequest requirements,
    RetryPolicy retry,
    int timeoutSeconds,
    int priority,
    @Nullable JobId retryOf,
    IndexRanges carried,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable FileAccess files,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String callbackUrl,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Design design,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Gang gang,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable IndexRanges skipped,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Integer deadlineSeconds,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Dependencies dependsOn) {
  public JobSpec {
    tags = List.copyOf(tags);
    runnerCommand = List.copyOf(runnerCommand);
  }

  /** A job that has nothing to do with files yet, and calls nobody. */
  public JobSpec(
      String tenant,
      String pool,
      String type,
      @Nullable String project,
      @Nullable String clientRef,
      List<String> tags,
      @Nullable String meta,
      @Nullable String variant,
      List<String> runnerCommand,
      String payload,
      FanOut fanOut,
      int batchSize,
      int taskCount,
      ResourceRequest requirements,
      RetryPolicy retry,
      int timeoutSeconds,
      int priority,
      @Nullable JobId retryOf,
      IndexRanges carried) {
    this(
        tenant,
        pool,
        type,
        project,
        clientRef,
        tags,
        meta,
        variant,
        runnerCommand,
        payload,
        fanOut,
        batchSize,
        taskCount,
        requirements,
        retry,
        timeoutSeconds,
        priority,
        retryOf,
        carried,
        null,
        null,
        null,
        null,
        null,
        null,
        null);
  }

  /** The same job with other access to files. */
  public JobSpec with(FileAccess access) {
    return with(access, callbackUrl, design, gang, skipped, deadlineSeconds);
  }

  /** The same job with another command, and other access to files. */
  public JobSpec withRun(List<String> command, FileAccess access) {
    return with(command, access, callbackUrl, design, gang, skipped, deadlineSeconds);
  }

  /** The same job with another URL that is told of its end. */
  public JobSpec withCallback(@Nullable String url) {
    return with(files, url, design, gang, skipped, deadlineSeconds);
  }

  /** The same job with what is particular to its type. */
  public JobSpec withDesign(@Nullable Design particular) {
    return with(files, callbackUrl, particular, gang, skipped, deadlineSeconds);
  }

  /** The same job with tasks that run together. */
  public JobSpec withGang(@Nullable Gang together) {
    return with(files, callbackUrl, design, together, skipped, deadlineSeconds);
  }

  /** The variant of a task's result: the strategy of a benchmark, else that of the job. */
  public @Nullable String variantOf(int index) {
    return design == null || design.benchmark() == null
        ? variant
        : design.benchmark().strategyOf(index).name();
  }

  /** The same job without some of its tasks. */
  public JobSpec withSkipped(@Nullable IndexRanges leftOut) {
    return with(files, callbackUrl, design, gang, leftOut, deadlineSeconds);
  }

  /** The same job with a time to end after its acceptance. */
  public JobSpec withDeadline(@Nullable Integer seconds) {
    return with(files, callbackUrl, design, gang, skipped, seconds);
  }

  /** When the job ends with what it has, if it does. */
  public @Nullable Instant deadline(Instant acceptedAt) {
    return deadlineSeconds == null ? null : acceptedAt.plusSeconds(deadlineSeconds);
  }

  /** Shards and rounds of a federated training; null for any other job. */
  public @Nullable Federated federated() {
    return design == null ? null : design.federated();
  }

  /** The same job waiting for other jobs. */
  public JobSpec withDependsOn(@Nullable Dependencies parents) {
    return new JobSpec(
        tenant,
        pool,
        type,
        project,
        clientRef,
        tags,
        meta,
        variant,
        runnerCommand,
        payload,
        fanOut,
        batchSize,
        taskCount,
        requirements,
        retry,
        timeoutSeconds,
        priority,
        retryOf,
        carried,
        files,
        callbackUrl,
        design,
        gang,
        skipped,
        deadlineSeconds,
        parents);
  }

  /** Tasks that never run here: their results are taken over, or they are left out. */
  public IndexRanges settled() {
    return skipped == null ? carried : carried.plus(skipped);
  }

  private JobSpec with(
      @Nullable FileAccess access,
      @Nullable String url,
      @Nullable Design particular,
      @Nullable Gang together,
      @Nullable IndexRanges leftOut,
      @Nullable Integer seconds) {
    return with(runnerCommand, access, url, particular, together, leftOut, seconds);
  }

  private JobSpec with(
      List<String> command,
      @Nullable FileAccess access,
      @Nullable String url,
      @Nullable Design particular,
      @Nullable Gang together,
      @Nullable IndexRanges leftOut,
      @Nullable Integer seconds) {
    return new JobSpec(
        tenant,
        pool,
        type,
        project,
        clientRef,
        tags,
        meta,
        variant,
        command,
        payload,
        fanOut,
        batchSize,
        taskCount,
        requirements,
        retry,
        timeoutSeconds,
        priority,
        retryOf,
        carried,
        access,
        url,
        particular,
        together,
        leftOut,
        seconds,
        dependsOn);
  }
}
