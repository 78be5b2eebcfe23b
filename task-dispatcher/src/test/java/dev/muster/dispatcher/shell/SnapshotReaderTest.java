package dev.muster.dispatcher.shell;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.contracts.id.IndexRanges;
import org.junit.jupiter.api.Test;

class SnapshotReaderTest {
  @Test
  void multirangeOfTheDatabaseBecomesIndexRanges() {
    assertThat(SnapshotReader.multirange("{[0,5),[7,8),[10,1000)}"))
        .isEqualTo(IndexRanges.parse("0-4,7,10-999"));
    assertThat(SnapshotReader.multirange("{[3,4)}")).isEqualTo(IndexRanges.parse("3"));
    assertThat(SnapshotReader.multirange("{}")).isEqualTo(IndexRanges.EMPTY);
  }
}
