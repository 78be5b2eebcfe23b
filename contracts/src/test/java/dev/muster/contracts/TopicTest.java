package dev.muster.contracts;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TopicTest {
  @Test
  void namesAreUnique() {
    assertThat(Topic.ALL).extracting(Topic::name).doesNotHaveDuplicates();
    assertThat(Topic.ALL).extracting(Topic::name).allMatch(name -> name.startsWith("muster."));
  }

  @Test
  void poolTopicsHaveOnePartitionPerShard() {
    assertThat(Topic.PLANS.partitions()).isEqualTo(Topic.SHARDS);
    assertThat(Topic.RESULTS.partitions()).isEqualTo(Topic.SHARDS);
    assertThat(Topic.HEARTBEATS.partitions()).isEqualTo(Topic.SHARDS);
  }

  @Test
  void placesNeverMove() {
    assertThat(Topic.shardOf("default")).isEqualTo(1);
    assertThat(Topic.shardOf("")).isEqualTo(0);
    assertThat(Topic.mailPartition("worker-1")).isEqualTo(5);
    assertThat(Topic.mailPartition("worker-2")).isEqualTo(1);
  }

  @Test
  void bucketsAreInRangeAndAllUsed() {
    int[] buckets = IntStream.range(0, 1_000).map(i -> Topic.bucket("worker-" + i, 8)).toArray();

    assertThat(IntStream.of(buckets).distinct().sorted()).containsExactly(0, 1, 2, 3, 4, 5, 6, 7);
  }
}
