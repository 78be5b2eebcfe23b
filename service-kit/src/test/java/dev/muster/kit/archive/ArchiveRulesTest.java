package dev.muster.kit.archive;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.kit.archive.ArchiveRules.Entry;
import dev.muster.kit.archive.ArchiveRules.Kind;
import dev.muster.kit.archive.ArchiveRules.Limits;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArchiveRulesTest {
  private static final Limits LIMITS = new Limits(5, 100, 250, 100);

  private final ArchiveRules rules = new ArchiveRules(LIMITS, 1_000);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../x",
        "a/../../x",
        "a/..",
        "/etc/passwd",
        "//x",
        "a//b",
        "./../x",
        "a/./b",
        "C:\\x",
        "..\\x",
        "a:b",
        "a\nb",
        "a\0b",
        "",
        ".git/hooks/post-checkout",
        "./.git/config",
        "a/.git/x"
      })
  void hostilePathIsRefused(String path) {
    assertThat(rules.complaint(file(path, 1))).as(path).isPresent();
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "./a", "a/b/c.py", ".gitignore", "é/模型.pt", "a b"})
  void plainPathIsTaken(String path) {
    assertThat(rules.complaint(file(path, 1))).as(path).isEmpty();
  }

  @Test
  void linksSpecialFilesAndSetIdBitsAreRefused() {
    assertThat(rules.complaint(new Entry("l", Kind.LINK, 0, 0777))).isPresent();
    assertThat(rules.complaint(new Entry("d", Kind.SPECIAL, 0, 0666))).isPresent();
    assertThat(rules.complaint(new Entry("s", Kind.FILE, 1, 04755))).isPresent();
    assertThat(rules.complaint(new Entry("g", Kind.FOLDER, 0, 02755))).isPresent();
  }

  @Test
  void pathsThatOverwriteEachOtherAreRefused() {
    assertThat(rules.complaint(file("a/b", 1))).isEmpty();
    assertThat(rules.complaint(file("a/b", 1))).isPresent();
    assertThat(rules.complaint(file("A/B", 1))).isPresent();
    assertThat(rules.complaint(file("a/b/c", 1))).isPresent();
    assertThat(rules.complaint(new Entry("a/b/", Kind.FOLDER, 0, 0755))).isPresent();
  }

  @Test
  void sizesAndNumbersAreBounded() {
    assertThat(rules.complaint(file("large", 101))).isPresent();
    assertThat(rules.complaint(file("one", 100))).isEmpty();
    assertThat(rules.complaint(file("two", 100))).isEmpty();
    assertThat(rules.complaint(file("three", 100))).isPresent();
    ArchiveRules many = new ArchiveRules(LIMITS, 1_000);
    for (String name : List.of("1", "2", "3", "4", "5")) {
      assertThat(many.complaint(file(name, 0))).isEmpty();
    }
    assertThat(many.complaint(file("6", 0))).isPresent();
  }

  @Test
  void bombIsStoppedByItsRatio() {
    ArchiveRules bomb = new ArchiveRules(Limits.DEFAULT, 10_000);

    assertThat(bomb.complaint(file("zeros", 1_000_000_000))).isPresent();
    assertThat(new ArchiveRules(Limits.DEFAULT, 20_000_000).complaint(file("data", 1_000_000_000)))
        .isEmpty();
  }

  private static Entry file(String name, long bytes) {
    return new Entry(name, Kind.FILE, bytes, 0644);
  }
}
