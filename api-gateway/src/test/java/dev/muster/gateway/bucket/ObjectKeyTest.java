package dev.muster.gateway.bucket;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ObjectKeyTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "", "/a", "a//b", "../a", "a/..", "a/./b", ".", "..", "a\\b", "a\nb", "a\0", "\uD800"
      })
  void keysThatLeadSomewhereElseAreRefused(String key) {
    assertThat(ObjectKey.complaint(key)).isPresent();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"a", "jobs/x/files_out/log.txt", "a b+c/é.txt", "a/", "...", "a..b", "模型"})
  void otherKeysAreFine(String key) {
    assertThat(ObjectKey.complaint(key)).isEmpty();
  }

  @Test
  void keysAreAsLongAsS3TakesThem() {
    assertThat(ObjectKey.complaint("x".repeat(1_024))).isEmpty();
    assertThat(ObjectKey.complaint("x".repeat(1_025))).isPresent();
    assertThat(ObjectKey.complaint("é".repeat(513))).isPresent();
  }

  @Test
  void whatIsBehindAPrefixComesAfterAllThatBeginsWithIt() {
    assertThat(ObjectKey.behind("jobs/x/")).contains("jobs/x0");
    assertThat(ObjectKey.behind("a\uD7FF")).contains("a\uE000");
    assertThat(ObjectKey.behind("a" + Character.toString(Character.MAX_CODE_POINT))).contains("b");
    assertThat(ObjectKey.behind("")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "My Run,my-run-x,myrun",
    "my-run_2,x,my-run_2",
    "../etc/passwd,x,etcpasswd",
    "'  ',j1,j1",
    "Modèle!,x,modle"
  })
  void slugKeepsLettersDigitsDashesAndUnderscores(String name, String otherwise, String slug) {
    assertThat(Slug.of(name, otherwise)).isEqualTo(slug);
  }
}
