package dev.muster.aggregator.digest;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ResultDigestTest {
  @Test
  void numbersHaveCountMeanExtremesAndSum() {
    ResultDigest digest = new ResultDigest();

    digest.number("loss", 1);
    digest.number("loss", -2);
    digest.number("loss", 4);
    digest.number("loss", Double.POSITIVE_INFINITY);

    assertThat(digest.numbers()).containsEntry("loss", new NumberStats(3, 3, -2, 4));
    assertThat(digest.numbers().values()).extracting(NumberStats::mean).containsExactly(1.0);
  }

  @Test
  void booleansAreCounted() {
    ResultDigest digest = new ResultDigest();

    digest.flag("ok", true);
    digest.flag("ok", false);
    digest.flag("ok", true);

    assertThat(digest.flags()).containsEntry("ok", new ResultDigest.Flags(2, 1));
  }

  @Test
  void fieldsAreBounded() {
    ResultDigest digest = new ResultDigest();

    for (int i = 0; i < ResultDigest.FIELDS_MAX + 10; i++) {
      digest.number("field" + i, i);
    }
    digest.number("n".repeat(ResultDigest.NAME_MAX + 1), 1);
    digest.number("field0", 1);

    assertThat(digest.numbers()).hasSize(ResultDigest.FIELDS_MAX);
    assertThat(digest.numbers()).containsEntry("field0", new NumberStats(2, 1, 0, 1));
    assertThat(digest.isTruncated()).isTrue();
  }
}
