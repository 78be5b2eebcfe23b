package dev.muster.planner.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.contracts.id.JobId;
import dev.muster.contracts.job.Dependencies;
import dev.muster.contracts.job.ErrorCode;
import dev.muster.contracts.job.JobSpec;
import dev.muster.contracts.job.JobState;
import dev.muster.contracts.task.PlanEvent;
import dev.muster.testkit.Seeds;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * What holds for jobs that wait for each other, in whatever order submissions and ends are read,
 * with repeats, and with planners that die between any two steps.
 */
class ChainsLawsTest {
  /** A record of one of the topics. */
  private record Read(JobId job, PlanCommand command) {}

  /** Jobs, the planners' database, what was said, and what everyone else makes of it. */
  private static final class World {
    final SplittableRandom random;
    final Map<JobId, JobSpec> specs = new TreeMap<>();
    final Map<JobId, List<ItemChunk>> chunks = new HashMap<>();
    final Map<JobId, JobState> fates = new HashMap<>();
    final Map<JobId, JobState> ends = new HashMap<>();
    final Set<JobId> cancelled = new HashSet<>();

    boolean calm;
    final Map<JobId, PlanState> states = new HashMap<>();
    final Map<JobId, TreeMap<Integer, ItemChunk>> parked = new HashMap<>();
    final Map<JobId, List<PlanEvent>> said = new HashMap<>();
    final List<Read> unread = new ArrayList<>();
    final List<Set<JobId>> looks = new ArrayList<>();

    World(SplittableRandom random) {
      this.random = random;
    }

    PlanState state(JobId job) {
      return states.getOrDefault(job, new PlanState.Unknown());
    }

    /** One transaction with some records; a planner may die before it, or right after it. */
    void readSome() {
      List<Read> batch = new ArrayList<>();
      int n = Math.min(unread.size(), random.nextInt(1, 6));
      for (int i = 0; i < n; i++) {
        batch.add(unread.remove(random.nextInt(unread.size())));
      }
      int fortune = random.nextInt(10);
      if (fortune == 0) {
        unread.addAll(batch);
        return;
      }
      Set<JobId> parents = new HashSet<>();
      for (Read read : batch) {
        apply(read.job(), read.command());
        if (read.command() instanceof PlanCommand.End) {
          parents.add(read.job());
        }
        if (read.command() instanceof PlanCommand.Submit(JobSpec spec, var ended)
            && spec.dependsOn() != null) {
          parents.addAll(spec.dependsOn().jobs());
        }
      }
      if (fortune == 1) {
        unread.addAll(batch); // it died before it could look who goes on
      } else {
        looks.add(parents);
        if (fortune == 2) {
          unread.addAll(batch);
        }
      }
    }

    /** What is done after a commit, at whatever time. */
    void look() {
      Set<JobId> parents = looks.remove(random.nextInt(looks.size()));
      for (JobId child : specs.keySet()) {
        if (state(child) instanceof PlanState.Waiting waiting
            && waiting.open().stream().anyMatch(p -> parents.contains(p) && end(p) != null)) {
          Map<JobId, JobState> known = new HashMap<>();
          waiting.open().stream()
              .filter(parent -> end(parent) != null)
              .forEach(parent -> known.put(parent, Objects.requireNonNull(end(parent))));
          apply(child, new PlanCommand.EndParents(known));
          if (state(child) instanceof PlanState.Planning) {
            List.copyOf(parked.getOrDefault(child, new TreeMap<>()).values())
                .forEach(chunk -> apply(child, new PlanCommand.ListItems(chunk)));
          }
        }
      }
    }

    JobSpec spec(JobId job) {
      return Objects.requireNonNull(specs.get(job));
    }

    private @Nullable JobState end(JobId job) {
      return state(job) instanceof PlanState.Closed closed ? closed.end() : null;
    }

    private void apply(JobId job, PlanCommand command) {
      if (PlanDecider.decide(state(job), command) instanceof Decision.Accepted accepted) {
        for (PlanFact fact : accepted.facts()) {
          states.put(job, PlanDecider.evolve(state(job), fact));
          if (fact instanceof PlanFact.ChunkParked(ItemChunk chunk)) {
            parked.computeIfAbsent(job, j -> new TreeMap<>()).put(chunk.chunk(), chunk);
          }
          TaskSplitter.publish(job, fact, event -> say(job, event));
        }
      }
    }

    /** Everyone else hears it: a planned job runs and ends by its fate, a refused one fails. */
    private void say(JobId job, PlanEvent event) {
      said.computeIfAbsent(job, j -> new ArrayList<>()).add(event);
      switch (event) {
        case PlanEvent.JobPlanned planned -> {
          Dependencies dependencies = spec(job).dependsOn();
          if (dependencies != null) {
            assertThat(dependencies.jobs())
                .as("%s goes on after all its parents", job)
                .allMatch(parent ->
                    ends.containsKey(parent)
                        && dependencies.metBy(Objects.requireNonNull(ends.get(parent))));
          }
        }
        case PlanEvent.PlanFailed failed -> end(job, JobState.FAILED);
        case PlanEvent.TasksPlanned _, PlanEvent.JobBlocked _ -> {}
      }
    }

    /** A job that was said to be planned ends some time. */
    void runSome() {
      for (JobId job : specs.keySet()) {
        if (state(job) instanceof PlanState.Planned && random.nextInt(3) == 0) {
          end(job, Objects.requireNonNull(fates.get(job)));
        }
      }
    }

    void end(JobId job, JobState state) {
      if (ends.putIfAbsent(job, state) == null) {
        unread.add(new Read(job, new PlanCommand.End(state)));
      }
    }

    void cancelSome() {
      for (JobId job : specs.keySet()) {
        if (!calm && random.nextInt(200) == 0 && !ends.containsKey(job) && cancelled.add(job)) {
          unread.add(new Read(job, new PlanCommand.Close()));
          end(job, JobState.CANCELLED);
        }
      }
    }

    /** The gateway writes a submission, with the ends that it sees. */
    void submit(JobId job, JobSpec spec) {
      specs.put(job, spec);
      Map<JobId, JobState> seen = new HashMap<>();
      if (spec.dependsOn() != null) {
        spec.dependsOn().jobs().stream()
            .filter(ends::containsKey)
            .forEach(parent -> seen.put(parent, Objects.requireNonNull(ends.get(parent))));
      }
      unread.add(new Read(job, new PlanCommand.Submit(spec, seen)));
      chunks
          .getOrDefault(job, List.of())
          .forEach(chunk -> unread.add(new Read(job, new PlanCommand.ListItems(chunk))));
    }

    boolean isQuiet() {
      return unread.isEmpty() && looks.isEmpty() && ends.size() == specs.size();
    }
  }

  @Test
  void everyJobGoesOnOrFailsByWhatItsParentsCameToAndNoWaitIsLost() {
    Seeds.forEach(
        2_000,
        random -> {
          World world = play(random, random.nextInt(1, 9));

          world.specs.forEach((job, spec) -> {
            assertThat(world.state(job))
                .isEqualTo(new PlanState.Closed(Objects.requireNonNull(world.ends.get(job))));
            List<PlanEvent> said = world.said.getOrDefault(job, List.of());
            boolean met =
                spec.dependsOn() == null
                    || spec.dependsOn().jobs().stream()
                        .allMatch(parent ->
                            spec.dependsOn().metBy(Objects.requireNonNull(world.ends.get(parent))));
            if (!met) {
              assertThat(said).noneMatch(PlanEvent.JobPlanned.class::isInstance);
            } else {
              assertThat(said).noneMatch(PlanEvent.PlanFailed.class::isInstance);
            }
            if (!world.cancelled.contains(job)) {
              assertThat(said)
                  .anyMatch(
                      met
                          ? PlanEvent.JobPlanned.class::isInstance
                          : PlanEvent.PlanFailed.class::isInstance);
            }
          });
        });
  }

  @Test
  void failureNamesAParentThatDidNotCompleteAndIsSaidOnce() {
    Seeds.forEach(
        1_000,
        random -> {
          World world = play(random, random.nextInt(2, 9));

          world.said.forEach((job, said) -> {
            List<PlanEvent.PlanFailed> failures =
                said.stream()
                    .filter(PlanEvent.PlanFailed.class::isInstance)
                    .map(PlanEvent.PlanFailed.class::cast)
                    .toList();
            assertThat(failures).hasSizeLessThanOrEqualTo(1);
            failures.forEach(failure -> {
              Dependencies dependencies = Objects.requireNonNull(world.spec(job).dependsOn());
              assertThat(failure.errorCode()).isEqualTo(ErrorCode.DEPENDENCY_FAILED);
              assertThat(dependencies.jobs())
                  .anyMatch(parent ->
                      failure.detail().contains(parent.external())
                          && !dependencies.metBy(Objects.requireNonNull(world.ends.get(parent))));
            });
          });
        });
  }

  @Test
  void planOfAChildIsThatOfTheSameJobWithoutParents() {
    Seeds.forEach(
        1_000,
        random -> {
          World world = play(random, random.nextInt(2, 9));

          world.said.forEach((job, said) -> {
            if (said.stream().anyMatch(PlanEvent.JobPlanned.class::isInstance)
                && !world.cancelled.contains(job)) {
              World alone = new World(random);
              alone.calm = true;
              JobSpec spec = world.spec(job).withDependsOn(null);
              alone.chunks.put(job, world.chunks.getOrDefault(job, List.of()));
              alone.fates.put(job, JobState.COMPLETED);
              alone.submit(job, spec);
              run(alone);
              assertThat(said.stream().filter(e -> !(e instanceof PlanEvent.JobBlocked)))
                  .containsExactlyInAnyOrderElementsOf(alone.said.get(job));
            }
          });
        });
  }

  /** Jobs with edges to earlier ones, submitted while the earlier ones are under way. */
  private static World play(SplittableRandom random, int jobs) {
    World world = new World(random);
    List<JobId> earlier = new ArrayList<>();
    for (int n = 0; n < jobs; n++) {
      JobId job = Specs.job(n + 1);
      JobSpec spec = Specs.random(random);
      List<JobId> parents = earlier.stream().filter(p -> random.nextInt(3) == 0).toList();
      world.chunks.put(job, Specs.chunks(spec, random));
      world.fates.put(job, fate(random));
      world.submit(
          job,
          parents.isEmpty()
              ? spec
              : spec.withDependsOn(
                  new Dependencies(parents, Dependencies.Policy.values()[random.nextInt(2)])));
      earlier.add(job);
      for (int i = random.nextInt(20); i > 0; i--) {
        step(world);
      }
    }
    run(world);
    return world;
  }

  private static JobState fate(SplittableRandom random) {
    return switch (random.nextInt(8)) {
      case 0 -> JobState.FAILED;
      case 1 -> JobState.PARTIAL;
      case 2 -> JobState.EXPIRED;
      default -> JobState.COMPLETED;
    };
  }

  private static void run(World world) {
    for (int steps = 0; !world.isQuiet(); steps++) {
      step(world);
      assertThat(steps).as("steps until all jobs have ended").isLessThan(20_000);
    }
  }

  private static void step(World world) {
    switch (world.random.nextInt(4)) {
      case 0 -> world.runSome();
      case 1 -> {
        if (!world.looks.isEmpty()) {
          world.look();
        }
      }
      case 2 -> world.cancelSome();
      default -> {
        if (!world.unread.isEmpty()) {
          world.readSome();
        }
      }
    }
  }
}
