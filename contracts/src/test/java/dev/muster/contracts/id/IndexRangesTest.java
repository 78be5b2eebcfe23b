package dev.muster.contracts.id;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.BitSet;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IndexRangesTest {
  @Test
  void isWrittenAndReadAlike() {
    IndexRanges ranges = IndexRanges.parse("0-4,7,9-12");

    assertThat(ranges).hasToString("0-4,7,9-12");
    assertThat(ranges.size()).isEqualTo(10);
    assertThat(IndexRanges.parse("")).isEqualTo(IndexRanges.EMPTY).hasToString("");
  }

  @ParameterizedTest
  @ValueSource(strings = {"4-0", "-1", "1,1", "1-3,4", "5,2", "a", "1,", "1--2", "99999999999"})
  void refusesWhatIsNoSet(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> IndexRanges.parse(text));
  }

  @Test
  void agreesWithABitSet() {
    SplittableRandom random = new SplittableRandom(2);
    for (int run = 0; run < 500; run++) {
      BitSet bits = bits(random);
      BitSet other = bits(random);
      IndexRanges ranges = IndexRanges.of(bits.stream());

      assertThat(IndexRanges.parse(ranges.toString())).isEqualTo(ranges);
      assertThat(ranges.size()).isEqualTo(bits.cardinality());
      assertThat(ranges.isEmpty()).isEqualTo(bits.isEmpty());
      assertThat(ranges.stream().toArray()).isEqualTo(bits.stream().toArray());
      BitSet union = (BitSet) bits.clone();
      union.or(other);
      assertThat(ranges.plus(IndexRanges.of(other.stream())))
          .isEqualTo(IndexRanges.of(union.stream()));
      for (int index = 0; index < 70; index++) {
        assertThat(ranges.contains(index)).isEqualTo(bits.get(index));
      }
      BitSet rest = (BitSet) bits.clone();
      rest.andNot(other);
      assertThat(ranges.minus(IndexRanges.of(other.stream())))
          .isEqualTo(IndexRanges.of(rest.stream()));
    }
  }

  @Test
  void repeatsAndOrderDoNotMatter() {
    assertThat(IndexRanges.of(java.util.stream.IntStream.of(3, 1, 2, 3, 9)))
        .isEqualTo(IndexRanges.parse("1-3,9"));
  }

  private static BitSet bits(SplittableRandom random) {
    BitSet bits = new BitSet();
    int density = random.nextInt(1, 6);
    for (int index = 0; index < 64; index++) {
      bits.set(index, random.nextInt(6) < density);
    }
    return bits;
  }
}
