package dev.muster.contracts.task;

import dev.muster.contracts.id.IndexRanges.Range;
import dev.muster.contracts.job.Federated;
import java.util.ArrayList;
import java.util.List;

/**
 * What the payloads of a federated job's tasks say under {@code _federated}. Files named there are
 * artifacts that earlier tasks of the same job have left; the worker brings them, and results of
 * the shards, before the command starts.
 */
public final class FederatedPayload {
  /** The member that says it. */
  public static final String MEMBER = "_federated";

  /** What a shard's task leaves: the model after its training. */
  public static final String UPDATE = "update.pt";

  /** What the averaging task of a round leaves for the next one. */
  public static final String CHECKPOINT = "checkpoint.pt";

  /** What the last averaging task leaves (S0-11). */
  public static final String MODEL = "model_out/checkpoint.pt";

  /** What was done in every round so far, for people (S0-14). */
  public static final String LOG = "files_out/training_log.txt";

  /** The same for programs: a JSON object for each round, one a line. */
  public static final String METRICS = "files_out/metrics.jsonl";

  /** Where the model that a round begins with is put. */
  private static final String BEGIN = "_federated/begin.pt";

  private FederatedPayload() {}

  /** The member with its name, for one task. */
  static String of(Federated federated, int index) {
    int round = federated.roundOf(index);
    String place =
        "\""
            + MEMBER
            + "\":{\"round\":"
            + (round + 1)
            + ",\"rounds\":"
            + federated.rounds()
            + ",\"shards\":"
            + federated.shards().size();
    return federated.averages(index)
        ? place + average(federated, round) + "}"
        : place
            + ",\"shard\":"
            + federated.shardOf(index)
            + ",\"training\":"
            + federated.training()
            + ",\"files\":["
            + (round == 0 ? "" : file(federated.averageOf(round - 1), CHECKPOINT, BEGIN))
            + "]}";
  }

  private static String average(Federated federated, int round) {
    Range shards = federated.shardsOf(round);
    List<String> files = new ArrayList<>();
    for (int task = shards.first(); task <= shards.last(); task++) {
      files.add(file(task, UPDATE, "_federated/" + (task - shards.first()) + ".pt"));
    }
    if (round > 0) {
      int before = federated.averageOf(round - 1);
      files.add(file(before, LOG, "_federated/training_log.txt"));
      files.add(file(before, METRICS, "_federated/metrics.jsonl"));
    }
    return ",\"inputs\":{\"path\":\""
        + TaskPayload.INPUTS_FILE
        + "\",\"first\":"
        + shards.first()
        + ",\"count\":"
        + federated.shards().size()
        + "},\"files\":["
        + String.join(",", files)
        + "]";
  }

  private static String file(int task, String name, String target) {
    return "{\"task_index\":" + task + ",\"name\":\"" + name + "\",\"as\":\"" + target + "\"}";
  }

  /**
   * Where in the job's folder of its owner's bucket a file goes that a task left (S0-10, S0-11):
   * what the last average left under its own name, everything else below its round, and its shard.
   *
   * @param name as the task left it, with a first folder
   */
  public static String place(Federated federated, int index, String name) {
    if (index == federated.taskCount() - 1) {
      return name;
    }
    int slash = name.indexOf('/') + 1;
    String round = "round-" + (federated.roundOf(index) + 1) + "/";
    String shard = federated.averages(index) ? "" : "shard-" + federated.shardOf(index) + "/";
    return name.substring(0, slash) + round + shard + name.substring(slash);
  }
}
