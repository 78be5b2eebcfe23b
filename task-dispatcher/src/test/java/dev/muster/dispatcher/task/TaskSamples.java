package dev.muster.dispatcher.task;

import dev.muster.contracts.id.WorkerId;
import dev.muster.contracts.job.ErrorCode;
import dev.muster.contracts.job.RetryPolicy;
import dev.muster.contracts.task.AttemptEnd;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** Values for tests of tasks. */
final class TaskSamples {
  static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  static final WorkerId WORKER = new WorkerId("worker-1");

  private TaskSamples() {}

  static RetryPolicy policy(int infrastructureMax, int userMax, Integer... exitCodes) {
    return new RetryPolicy(infrastructureMax, userMax, Set.of(exitCodes), 1_000, 60_000);
  }

  static AttemptEnd end(AttemptEnd.Status status, @Nullable Integer exitCode) {
    ErrorCode code = status == AttemptEnd.Status.FAILED ? ErrorCode.EXIT_NONZERO : null;
    return new AttemptEnd(status, null, exitCode, null, code, null, null, 0, 5);
  }

  static TaskCommand lease() {
    return new TaskCommand.Lease(WORKER, 1, List.of());
  }

  static TaskCommand.Finish finish(long epoch, AttemptEnd end, RetryPolicy policy) {
    return new TaskCommand.Finish(epoch, end, policy, 0.5);
  }

  private static TaskCommand.GangShare share(SplittableRandom random) {
    return new TaskCommand.GangShare(
        end(AttemptEnd.Status.CANCELLED, null),
        random.nextBoolean() ? NOW.plusSeconds(random.nextInt(600)) : null,
        random.nextInt(3),
        random.nextInt(3));
  }

  /** Any command, mostly about an epoch near the given one. */
  static TaskCommand command(SplittableRandom random, long epoch, RetryPolicy policy) {
    long told = Math.max(1, epoch + random.nextInt(-2, 2));
    AttemptEnd.Status[] statuses = AttemptEnd.Status.values();
    AttemptEnd.Status status = statuses[random.nextInt(statuses.length)];
    return switch (random.nextInt(15)) {
      case 0, 1, 2 -> lease();
      case 3, 4 -> new TaskCommand.Start(told);
      case 5, 6 -> finish(told, end(status, random.nextInt(3)), policy);
      case 7 -> new TaskCommand.Return(told);
      case 8 -> new TaskCommand.Lose(told, "gone", policy, random.nextDouble());
      case 9 -> new TaskCommand.TimeOut(told, policy, random.nextDouble());
      case 10 -> new TaskCommand.Wake();
      case 11 -> new TaskCommand.Arrive(told, end(AttemptEnd.Status.SUCCEEDED, 0));
      case 12 ->
          random.nextInt(4) > 0
              ? new TaskCommand.Conclude()
              : new TaskCommand.GiveUp(share(random));
      case 13 ->
          random.nextInt(3) > 0
              ? new TaskCommand.Wake()
              : new TaskCommand.Withdraw(told, share(random), random.nextBoolean());
      default ->
          random.nextInt(20) > 0
              ? new TaskCommand.Wake()
              : random.nextBoolean() ? new TaskCommand.Cancel() : new TaskCommand.ForceCancel();
    };
  }
}
