package dev.muster.gateway.blob;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ByteRangeTest {
  @ParameterizedTest
  @CsvSource({
    "bytes=0-0, 0, 1",
    "bytes=0-, 0, 100",
    "bytes=99-, 99, 1",
    "bytes=10-19, 10, 10",
    "bytes=90-999999999999999999, 90, 10",
    "bytes=-1, 99, 1",
    "bytes=-100, 0, 100",
    "bytes=-999, 0, 100"
  })
  void oneRangeIsServed(String header, long offset, long count) {
    assertThat(ByteRange.of(header, 100)).isEqualTo(new ByteRange.Part(offset, count));
  }

  @ParameterizedTest
  @ValueSource(strings = {"bytes=100-", "bytes=100-200", "bytes=-0", "bytes=0-0,1-1"})
  void rangesOfNothingAndSeveralRangesAreUnsatisfiable(String header) {
    assertThat(ByteRange.of(header, 100)).isEqualTo(new ByteRange.Unsatisfiable());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "bytes",
        "bytes=",
        "bytes=-",
        "bytes=5-4",
        "items=0-1",
        "bytes=a-b",
        "bytes=0--1",
        "bytes=99999999999999999999-"
      })
  void otherFormsAreIgnored(String header) {
    assertThat(ByteRange.of(header, 100)).isEqualTo(new ByteRange.Whole());
  }

  @Test
  void thousandOverlappingRangesAreRefused() {
    String many =
        IntStream.range(0, 1_000).mapToObj(i -> i + "-99").collect(Collectors.joining(","));

    assertThat(ByteRange.of("bytes=" + many, 100)).isEqualTo(new ByteRange.Unsatisfiable());
  }

  @Test
  void emptyFileHasNoRange() {
    assertThat(ByteRange.of("bytes=0-", 0)).isEqualTo(new ByteRange.Unsatisfiable());
    assertThat(ByteRange.of(null, 0)).isEqualTo(new ByteRange.Whole());
  }
}
