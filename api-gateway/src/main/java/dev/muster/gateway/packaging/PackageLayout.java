package dev.muster.gateway.packaging;

import dev.muster.contracts.id.JobId;

/**
 * What the files of a job's package are called (S1-22).
 *
 * @param job the job
 * @param tasks how many tasks it has, from 1
 */
public record PackageLayout(JobId job, int tasks) {
  /** What the archive is called where it is saved. */
  public static final String ARCHIVE = "output.zip";

  /** What the list of checksums is called, which GNU {@code sha256sum -c} reads. */
  public static final String CHECKSUMS = "output.sha256";

  /** What the manifest is called. */
  public static final String MANIFEST = "manifest.json";

  /** What the signature of the manifest is called. */
  public static final String SIGNATURE = "manifest.json.sig";

  /** The folder that holds everything. */
  public String root() {
    return job.external() + "/";
  }

  /** The job's metadata and status. */
  public String metadata() {
    return root() + "output.json";
  }

  /** The main output: the result of the only task, or those of all, a JSON document a line. */
  public String result() {
    return root() + "result.txt";
  }

  /** The folder of logs. */
  public String logs() {
    return root() + "logs/";
  }

  /** What the commands wrote to standard output. */
  public String stdout() {
    return logs() + "stdout.log";
  }

  /** What the commands wrote to standard error. */
  public String stderr() {
    return logs() + "stderr.log";
  }

  /** The folder of files that the tasks left. */
  public String artifacts() {
    return root() + "artifacts/";
  }

  /**
   * A file that a task left; those of a job with several tasks are in a folder for each.
   *
   * @param task the task's index
   * @param name the file's name, a relative path that was checked when it came
   */
  public String artifact(int task, String name) {
    return artifacts() + (tasks == 1 ? name : "task-" + task + "/" + name);
  }

  /** Stands before what a task wrote where several tasks share a log. */
  public String heading(int task) {
    return tasks == 1 ? "" : "==> task " + task + " <==\n";
  }
}
