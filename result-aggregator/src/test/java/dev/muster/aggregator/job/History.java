package dev.muster.aggregator.job;

import dev.muster.contracts.id.WorkerId;
import dev.muster.contracts.task.TaskEvent;
import dev.muster.contracts.task.TaskState;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * What really happened to a job: each word as its topic carries it, in the order of happening.
 *
 * @param taskCount all tasks
 * @param words the words in order
 * @param outcomes how each task ended
 */
record History(int taskCount, List<Word> words, List<TaskState> outcomes) {
  /** One word of another service. */
  sealed interface Word {
    /** A word about the job. */
    record Said(JobCommand command) implements Word {}

    /** A word about a task, or the dispatcher's last word. */
    record Happened(TaskEvent event) implements Word {}
  }

  /** Tasks with losses, retries, returns, successes and failures, interleaved. */
  static History random(SplittableRandom random, boolean cancelled) {
    int taskCount = 1 + random.nextInt(6);
    List<TaskState> outcomes = new ArrayList<>();
    List<List<Word>> lives = new ArrayList<>();
    int luck = random.nextInt(3);
    for (int index = 0; index < taskCount; index++) {
      boolean succeeds = luck == 0 || (luck == 1 && random.nextBoolean());
      outcomes.add(succeeds ? TaskState.SUCCEEDED : TaskState.FAILED);
      lives.add(life(random, index, succeeds));
    }
    List<Word> words = new ArrayList<>();
    words.add(new Word.Said(new JobCommand.Submit(Samples.spec(taskCount), Samples.NOON, 0)));
    if (random.nextBoolean()) {
      words.add(new Word.Said(new JobCommand.Block()));
    }
    words.add(new Word.Said(new JobCommand.Plan(taskCount)));
    while (!lives.isEmpty()) {
      List<Word> life = lives.get(random.nextInt(lives.size()));
      words.add(life.removeFirst());
      lives.removeIf(List::isEmpty);
    }
    if (cancelled) {
      words.add(
          1 + random.nextInt(words.size()), new Word.Said(new JobCommand.RequestCancel("enough")));
    }
    return new History(taskCount, words, outcomes);
  }

  private static List<Word> life(SplittableRandom random, int index, boolean succeeds) {
    List<Word> life = new ArrayList<>();
    int attempt = 0;
    while (true) {
      attempt++;
      long epoch = attempt;
      WorkerId worker = new WorkerId("w" + random.nextInt(3));
      life.add(new Word.Happened(new TaskEvent.TaskLeased(index, attempt, epoch, worker)));
      int fate = random.nextInt(8);
      if (fate == 0) {
        life.add(new Word.Happened(new TaskEvent.TaskReturned(index, attempt, epoch)));
        continue;
      }
      if (random.nextBoolean()) {
        life.add(new Word.Happened(new TaskEvent.TaskStarted(index, attempt, epoch)));
      }
      if (fate == 1) {
        life.add(
            new Word.Happened(
                new TaskEvent.TaskRetrying(index, attempt, epoch, Samples.loss(), 1_000)));
        continue;
      }
      life.add(
          new Word.Happened(
              succeeds
                  ? new TaskEvent.TaskSucceeded(
                      index, attempt, epoch, Samples.success("{\"index\":" + index + "}"))
                  : new TaskEvent.TaskFailed(index, attempt, epoch, Samples.failure(3))));
      return life;
    }
  }

  /** The same words, some of them up to three times, in any order. */
  List<Word> disturbed(SplittableRandom random) {
    List<Word> disturbed = new ArrayList<>();
    for (Word word : words) {
      for (int copies = 1 + random.nextInt(3); copies > 0; copies--) {
        int place = random.nextInt(disturbed.size() + 1);
        disturbed.add(place, word);
      }
    }
    return disturbed;
  }
}
