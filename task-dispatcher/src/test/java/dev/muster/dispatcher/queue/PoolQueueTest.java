package dev.muster.dispatcher.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.contracts.id.JobId;
import dev.muster.contracts.job.ResourceRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PoolQueueTest {
  private static final ResourceRequest SMALL = ResourceRequest.DEFAULT;
  private static final ResourceRequest LARGE = new ResourceRequest(8, 0, null, 1, 0, 0);

  private final PoolQueue queue = new PoolQueue();

  private QueuedJob job(int age, int priority, String tenant, ResourceRequest request) {
    QueuedJob job = new QueuedJob(JobId.of(age, 0, 0), priority, tenant, request);
    queue.add(job);
    return job;
  }

  /** The order in which jobs get their turn when each needs one. */
  private List<QueuedJob> turns(Map<String, Long> held) {
    List<QueuedJob> order = new ArrayList<>();
    PoolQueue.Pass pass = queue.pass(held);
    QueuedJob next = pass.next();
    while (next != null) {
      order.add(next);
      pass.granted(next, 1);
      queue.remove(next);
      next = pass.next();
    }
    return order;
  }

  @Test
  void priorityGoesBeforeAge() {
    QueuedJob old = job(1, 0, "a", SMALL);
    QueuedJob urgent = job(2, 10, "a", SMALL);

    assertThat(turns(Map.of())).containsExactly(urgent, old);
  }

  @Test
  void jobThatIsDueFirstGoesFirstAndOneWithoutDeadlineIsDueADayAfterItsAcceptance() {
    QueuedJob week = due(1, 7 * 86_400);
    QueuedJob plain = due(2, null);
    QueuedJob day = due(3, 86_400);
    QueuedJob hour = due(4, 3_600);
    QueuedJob urgent = job(5, 1, "a", SMALL);

    assertThat(turns(Map.of())).containsExactly(urgent, hour, plain, day, week);
  }

  private QueuedJob due(int age, @Nullable Integer deadlineSeconds) {
    QueuedJob job = new QueuedJob(JobId.of(age, 0, 0), 0, "a", SMALL, 1, deadlineSeconds);
    queue.add(job);
    return job;
  }

  @Test
  void tenantThatHoldsLeastGoesFirst() {
    QueuedJob a1 = job(1, 0, "a", SMALL);
    QueuedJob a2 = job(2, 0, "a", SMALL);
    QueuedJob b1 = job(3, 0, "b", SMALL);
    QueuedJob b2 = job(4, 0, "b", SMALL);

    assertThat(turns(Map.of())).containsExactly(a1, b1, a2, b2);
    List.of(a1, a2, b1, b2).forEach(queue::add);
    assertThat(turns(Map.of("a", 9L))).containsExactly(b1, b2, a1, a2);
  }

  @Test
  void blockedClassIsPassedOverAndSmallerWorkGoesOn() {
    QueuedJob large = job(1, 5, "a", LARGE);
    job(2, 5, "b", LARGE);
    QueuedJob small = job(3, 0, "a", SMALL);
    PoolQueue.Pass pass = queue.pass(Map.of());

    pass.block(large);

    assertThat(pass.next()).isEqualTo(small);
  }

  @Test
  void removedJobsLeaveNothingBehind() {
    QueuedJob one = job(1, 0, "a", SMALL);
    queue.add(one);

    queue.remove(one);
    queue.remove(one);

    assertThat(queue.isEmpty()).isTrue();
  }
}
