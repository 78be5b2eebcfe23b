package dev.muster.gateway.export;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.testkit.Seeds;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CsvRowTest {
  @Test
  void fieldsAreQuotedWhereTheyMustBe() {
    assertThat(CsvRow.of(Arrays.asList("a", "b,c", "say \"hi\"", "two\nlines", null, 7)))
        .isEqualTo("a,\"b,c\",\"say \"\"hi\"\"\",\"two\nlines\",,7\r\n");
  }

  @Test
  void formulasAreMadeText() {
    for (String formula : List.of("=HYPERLINK(0)", "+1", "-1+1", "@SUM(A1)", "\tx", "\rx")) {
      String field = parse(CsvRow.of(List.of(formula))).getFirst();
      assertThat(field).isEqualTo("'" + formula);
    }
    assertThat(CsvRow.of(List.of("a=b", "x-1"))).isEqualTo("a=b,x-1\r\n");
  }

  @Test
  void negativeNumberIsNoFormula() {
    assertThat(CsvRow.of(List.of(-7, -0.5))).isEqualTo("-7,-0.5\r\n");
  }

  @Test
  void whatIsWrittenIsReadAgain() {
    String alphabet = "ab,\"\n\r 'é;";
    Seeds.forEach(
        2_000,
        random -> {
          List<String> fields = new ArrayList<>();
          for (int i = 1 + random.nextInt(6); i > 0; i--) {
            StringBuilder field = new StringBuilder("x");
            for (int n = random.nextInt(8); n > 0; n--) {
              field.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            fields.add(field.toString());
          }

          assertThat(parse(CsvRow.of(fields))).isEqualTo(fields);
        });
  }

  /** RFC 4180, straight from its grammar; one record. */
  private static List<String> parse(String record) {
    List<String> fields = new ArrayList<>();
    StringBuilder field = new StringBuilder();
    boolean quoted = false;
    for (int i = 0; i < record.length(); i++) {
      char c = record.charAt(i);
      @Nullable Character next = i + 1 < record.length() ? record.charAt(i + 1) : null;
      if (quoted && c == '"' && next != null && next == '"') {
        field.append('"');
        i++;
      } else if (c == '"') {
        quoted = !quoted;
      } else if (!quoted && c == ',') {
        fields.add(field.toString());
        field.setLength(0);
      } else if (!quoted && c == '\r' && next != null && next == '\n') {
        assertThat(i + 2).as("one record").isEqualTo(record.length());
        fields.add(field.toString());
        i++;
      } else {
        field.append(c);
      }
    }
    assertThat(quoted).isFalse();
    return fields;
  }
}
