package dev.muster.planner.plan;

import dev.muster.contracts.id.IndexRanges;
import dev.muster.contracts.id.JobId;
import dev.muster.contracts.job.Design;
import dev.muster.contracts.job.FanOut;
import dev.muster.contracts.job.Federated;
import dev.muster.contracts.job.JobSpec;
import dev.muster.contracts.job.Reduce;
import dev.muster.contracts.job.ResourceRequest;
import dev.muster.contracts.job.RetryPolicy;
import dev.muster.contracts.job.Stages;
import dev.muster.contracts.job.Sweep;
import dev.muster.contracts.task.FileAccess;
import dev.muster.contracts.task.ProjectRef;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Submissions to plan. */
public final class Specs {
  private Specs() {}

  /** A submission of the default pool. */
  public static JobSpec spec(FanOut fanOut, int batchSize, IndexRanges carried) {
    return spec("default", fanOut, batchSize, carried);
  }

  /** A submission. */
  public static JobSpec spec(String pool, FanOut fanOut, int batchSize, IndexRanges carried) {
    int tasks = Math.ceilDiv(fanOut.items(), Math.max(1, batchSize));
    return spec(pool, fanOut, batchSize, carried, tasks);
  }

  private static JobSpec spec(
      String pool, FanOut fanOut, int batchSize, IndexRanges carried, int tasks) {
    return new JobSpec(
        "acme",
        pool,
        "structured_runner",
        null,
        null,
        List.of(),
        null,
        null,
        List.of("true"),
        "{\"lr\": 0.1}",
        fanOut,
        batchSize,
        tasks,
        ResourceRequest.DEFAULT,
        RetryPolicy.DEFAULT,
        3_600,
        0,
        null,
        carried);
  }

  /** Any submission of up to some dozen tasks. */
  public static JobSpec random(SplittableRandom random) {
    FanOut fanOut =
        switch (FanOut.Shape.values()[random.nextInt(4)]) {
          case NONE -> FanOut.NONE;
          case ITEMS -> new FanOut(FanOut.Shape.ITEMS, null, random.nextInt(1, 60), 0);
          case BY -> new FanOut(FanOut.Shape.BY, "model", random.nextInt(1, 60), 0);
          case CHUNKS -> {
            int chunks = random.nextInt(1, 60);
            yield new FanOut(FanOut.Shape.CHUNKS, "n", chunks, chunks + random.nextInt(1_000));
          }
        };
    int batchSize = fanOut.shape() == FanOut.Shape.NONE ? 0 : random.nextInt(5);
    int tasks = Math.ceilDiv(fanOut.items(), Math.max(1, batchSize));
    boolean retried = random.nextInt(3) == 0;
    IndexRanges carried =
        retried
            ? IndexRanges.of(IntStream.range(0, tasks).filter(i -> random.nextBoolean()))
            : IndexRanges.EMPTY;
    return spec(fanOut, batchSize, carried);
  }

  /** Any sweep of up to some dozen points; a retried one has done some of them. */
  public static JobSpec randomSweep(SplittableRandom random) {
    List<String> values = IntStream.range(0, random.nextInt(1, 9)).mapToObj(i -> "" + i).toList();
    List<Sweep.Axis> axes =
        List.of(
            new Sweep.Axis(List.of("a"), values, null),
            new Sweep.Axis(List.of("b", "c"), values, null));
    boolean grid = random.nextBoolean();
    int count = grid ? values.size() * values.size() : random.nextInt(1, 60);
    Sweep sweep =
        new Sweep(
            grid ? Sweep.Method.GRID : Sweep.Method.RANDOM,
            axes,
            List.of(),
            count,
            random.nextLong());
    IndexRanges carried =
        random.nextBoolean()
            ? IndexRanges.of(IntStream.range(0, count).filter(i -> random.nextBoolean()))
            : IndexRanges.EMPTY;
    return spec("default", FanOut.NONE, 0, carried, count)
        .withDesign(new Design(sweep, null, null));
  }

  /** Nine maps, three reduces and one more. */
  public static JobSpec mapReduce() {
    return spec(
            "default",
            new FanOut(FanOut.Shape.CHUNKS, "n", 9, 90),
            0,
            IndexRanges.EMPTY,
            Stages.reducing(9, 3).getLast().end())
        .withDesign(
            new Design(null, null, null, new Reduce(null, List.of("r"), "{}", null, 60, 3)));
  }

  /** Any map_reduce of up to some dozen maps; a retried one has done a part that can be. */
  public static JobSpec randomMapReduce(SplittableRandom random) {
    JobSpec maps = random(random);
    Reduce reduce = new Reduce(null, List.of("reduce"), "{}", null, 60, random.nextInt(2, 9));
    int mapCount = Math.ceilDiv(maps.fanOut().items(), Math.max(1, maps.batchSize()));
    int tasks = Stages.reducing(mapCount, reduce.fanIn()).getLast().end();
    JobSpec whole =
        spec("default", maps.fanOut(), maps.batchSize(), IndexRanges.EMPTY, tasks)
            .withDesign(new Design(null, null, null, reduce));
    IndexRanges carried =
        random.nextBoolean()
            ? Stages.carriable(
                whole, IndexRanges.of(IntStream.range(0, tasks).filter(i -> random.nextInt(9) > 0)))
            : IndexRanges.EMPTY;
    return spec("default", maps.fanOut(), maps.batchSize(), carried, tasks)
        .withDesign(whole.design());
  }

  /** A training of some shards and rounds; a retried one has done whole stages. */
  public static JobSpec randomFederated(SplittableRandom random) {
    Federated federated = federated(random.nextInt(1, 6), random.nextInt(1, 5), null);
    JobSpec whole =
        spec("default", FanOut.NONE, 0, IndexRanges.EMPTY, federated.taskCount())
            .withDesign(new Design(federated));
    List<Stages.Stage> stages = Stages.of(whole);
    IndexRanges carried =
        random.nextBoolean()
            ? IndexRanges.of(IntStream.range(0, stages.get(random.nextInt(stages.size())).first()))
            : IndexRanges.EMPTY;
    return spec("default", FanOut.NONE, 0, carried, federated.taskCount())
        .withDesign(new Design(federated));
  }

  /** A training of which so many workers were named. */
  public static JobSpec federatedSpec(int shards, int rounds, @Nullable Integer workers) {
    Federated federated = federated(shards, rounds, workers);
    return spec("default", FanOut.NONE, 0, IndexRanges.EMPTY, federated.taskCount())
        .with(new FileAccess("key", new ProjectRef("p", "0".repeat(64), 1)))
        .withDesign(new Design(federated));
  }

  private static Federated federated(int shards, int rounds, @Nullable Integer workers) {
    List<String> each = IntStream.range(0, shards).mapToObj(i -> "{\"s\":" + i + "}").toList();
    return new Federated(each, rounds, "{}", workers, false);
  }

  /** The item at a place. */
  public static String item(int place) {
    return "{\"i\":" + place + "}";
  }

  /** All listed items in parts of random sizes, whole tasks each; empty when nothing is listed. */
  public static List<ItemChunk> chunks(JobSpec spec, SplittableRandom random) {
    List<ItemChunk> chunks = new ArrayList<>();
    int size = Math.max(1, spec.batchSize());
    int first = 0;
    while (spec.fanOut().listed() && first < spec.fanOut().items()) {
      int end = Math.min(spec.fanOut().items(), first + size * random.nextInt(1, 8));
      List<String> items = IntStream.range(first, end).mapToObj(Specs::item).toList();
      chunks.add(new ItemChunk(chunks.size(), first, items));
      first = end;
    }
    return chunks;
  }

  /** The n-th job. */
  public static JobId job(long n) {
    return JobId.of(1_700_000_000_000L, 0, n);
  }
}
