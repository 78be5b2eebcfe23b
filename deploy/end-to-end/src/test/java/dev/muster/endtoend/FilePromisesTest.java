package dev.muster.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The page of promises about files names tests that are there. */
class FilePromisesTest {
  private static final Pattern NAMED = Pattern.compile("`(\\w+(?:IT|Test))\\.(\\w+)`");

  @Test
  void everyTestThatThePageNamesIsThere() throws IOException {
    Map<String, String> sources = sources();
    Matcher named =
        NAMED.matcher(Files.readString(Platform.repository().resolve("docs/promises-of-files.md")));

    List<String> missing = new ArrayList<>();
    int count = 0;
    while (named.find()) {
      count++;
      if (!sources.getOrDefault(named.group(1), "").contains("void " + named.group(2) + "(")) {
        missing.add(named.group());
      }
    }

    assertThat(missing).isEmpty();
    assertThat(count).as("tests that are named").isGreaterThan(80);
  }

  /** The text of all test classes by name; two modules may have one of the same name. */
  private static Map<String, String> sources() throws IOException {
    Map<String, String> sources = new HashMap<>();
    try (Stream<Path> all = Files.walk(Platform.repository())) {
      for (Path file :
          (Iterable<Path>)
              all.filter(path -> path.toString().contains("/src/test/java/"))
                      .filter(path -> path.toString().endsWith(".java"))
                  ::iterator) {
        String name = file.getFileName().toString().replace(".java", "");
        sources.merge(name, Files.readString(file), String::concat);
      }
    }
    return sources;
  }
}
