package dev.muster.contracts.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ChunkTemplateTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @Test
  void chunksCoverTheRangeOnceAndDifferByAtMostOne() {
    SplittableRandom random = new SplittableRandom(3);
    for (int run = 0; run < 500; run++) {
      int chunks = random.nextInt(1, 200);
      long total = chunks + (run % 2 == 0 ? random.nextLong(500) : random.nextLong(1L << 62));
      ChunkTemplate template = new ChunkTemplate("{}", "n", chunks, total, 0);
      long shortest = Long.MAX_VALUE;
      long longest = 0;

      for (int chunk = 0; chunk < chunks; chunk++) {
        long length = template.start(chunk + 1) - template.start(chunk);
        shortest = Math.min(shortest, length);
        longest = Math.max(longest, length);
      }

      assertThat(template.start(0)).isZero();
      assertThat(template.start(chunks)).isEqualTo(total);
      assertThat(shortest).isPositive();
      assertThat(longest - shortest).isLessThanOrEqualTo(1);
    }
  }

  @Test
  void payloadSaysWhereTheChunkLies() {
    ChunkTemplate template = new ChunkTemplate("{\"lr\": 1.0}", "docs", 3, 10, 0);

    assertThat(template.payloadOf(1))
        .isEqualTo(
            "{\"lr\": 1.0,\"docs\":3,\"_chunk\":"
                + "{\"index\":1,\"chunks\":3,\"start\":3,\"end\":6,\"total\":10}}");
  }

  @Test
  void batchesCoverTheRangeOnceAndListTheirChunks() throws JsonProcessingException {
    SplittableRandom random = new SplittableRandom(4);
    for (int run = 0; run < 200; run++) {
      int chunks = random.nextInt(1, 60);
      long total = chunks + random.nextLong(1_000);
      int batchSize = random.nextInt(1, 9);
      ChunkTemplate template = new ChunkTemplate("{}", "n", chunks, total, batchSize);
      long next = 0;
      int items = 0;

      for (int task = 0; task < Math.ceilDiv(chunks, batchSize); task++) {
        JsonNode payload = JSON.readTree(template.payloadOf(task));
        assertThat(payload.at("/_chunk/start").asLong()).isEqualTo(next);
        assertThat(payload.at("/_batch/offset").asLong()).isEqualTo(items);
        assertThat(payload.at("/_batch/items")).hasSize(payload.at("/_batch/size").asInt());
        assertThat(payload.at("/_batch/total_items").asInt()).isEqualTo(chunks);
        next = payload.at("/_chunk/end").asLong();
        assertThat(payload.at("/n").asLong())
            .isEqualTo(next - payload.at("/_chunk/start").asLong());
        items += payload.at("/_batch/size").asInt();
      }

      assertThat(next).isEqualTo(total);
      assertThat(items).isEqualTo(chunks);
    }
  }

  @Test
  void refusesMoreChunksThanElements() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ChunkTemplate("{}", "n", 11, 10, 0))
        .withMessageStartingWith("Expected 1 <= chunks <= total");
  }
}
