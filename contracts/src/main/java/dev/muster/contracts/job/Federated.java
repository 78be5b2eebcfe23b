package dev.muster.contracts.job;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.muster.contracts.id.IndexRanges.Range;
import dev.muster.contracts.task.Gang;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Federated training (S0): in each round every shard trains the same model where its data is, as a
 * member of one gang, and one task averages what they have learnt, weighted by their samples. A
 * round has a stage for the gang and a stage for the average; tasks are numbered in this order.
 *
 * @param shards JSON objects, 1 to 256: what the payload of each shard's tasks has beside that of
 *     the job
 * @param rounds how many rounds there are, 1 to 1,000
 * @param training a JSON object: what the training is told, such as epochs and learning rate
 * @param workers how many workers the user named, which must be one for each shard (S0-19); null
 *     for any
 * @param autoSelect whether exactly as many workers as shards are chosen, whatever was named
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Federated(
    List<String> shards,
    int rounds,
    String training,
    @Nullable Integer workers,
    boolean autoSelect) {
  /** Most rounds of one job. */
  public static final int ROUNDS_MAX = 1_000;

  /**
   * The command of every task, as the job's owner sees it; planning puts the program in its place.
   */
  public static final String COMMAND = "muster:federated";

  public Federated {
    shards = List.copyOf(shards);
    if (shards.isEmpty() || shards.size() > Gang.SIZE_MAX || rounds < 1 || rounds > ROUNDS_MAX) {
      throw new IllegalArgumentException(
          "Expected 1 to "
              + Gang.SIZE_MAX
              + " shards and 1 to "
              + ROUNDS_MAX
              + " rounds, but got "
              + shards.size()
              + " and "
              + rounds);
    }
  }

  /** Tasks of a round: its shards, and the average. */
  public int tasksPerRound() {
    return shards.size() + 1;
  }

  /** Tasks of all rounds. */
  public int taskCount() {
    return rounds * tasksPerRound();
  }

  /** The round of a task, from 0. */
  public int roundOf(int index) {
    return index / tasksPerRound();
  }

  /** The shard of a task, from 0; {@code shards().size()} for the task that averages. */
  public int shardOf(int index) {
    return index % tasksPerRound();
  }

  /** Whether a task averages what the shards of its round have learnt. */
  public boolean averages(int index) {
    return shardOf(index) == shards.size();
  }

  /** The tasks of a round's shards. */
  public Range shardsOf(int round) {
    int first = round * tasksPerRound();
    return new Range(first, first + shards.size() - 1);
  }

  /** The task that averages a round. */
  public int averageOf(int round) {
    return round * tasksPerRound() + shards.size();
  }

  /** The shards of a round run together, on a worker each where exact counts are asked for. */
  public Gang gangOf(int round) {
    return new Gang(shards.size(), shardsOf(round).first(), workers != null || autoSelect);
  }

  /** Whether the workers that were named are not one for each shard. */
  public boolean mismatched() {
    return workers != null && !autoSelect && workers != shards.size();
  }
}
