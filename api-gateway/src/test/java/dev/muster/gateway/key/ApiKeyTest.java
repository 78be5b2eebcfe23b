package dev.muster.gateway.key;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.testkit.Seeds;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class ApiKeyTest {
  @Test
  void writtenKeyIsReadAgain() {
    Seeds.forEach(
        50,
        random -> {
          ApiKey key = ApiKey.of(random.ints(ApiKey.RANDOM_CHARACTERS, 0, 62).toArray());

          assertThat(key.written()).matches("mk_[0-9A-Za-z]{10}_[0-9A-Za-z]{32}_[0-9A-Za-z]{6}");
          assertThat(ApiKey.parse(key.written())).hasValue(key);
          assertThat(key.toString()).doesNotContain(key.secret());
        });
  }

  @Test
  void oneChangedCharacterIsNoticed() {
    Seeds.forEach(
        50,
        random -> {
          String written =
              ApiKey.of(random.ints(ApiKey.RANDOM_CHARACTERS, 0, 62).toArray()).written();
          char[] changed = written.toCharArray();
          int place = random.nextInt(changed.length);
          changed[place] = changed[place] == 'x' ? 'y' : 'x';

          assertThat(ApiKey.parse(new String(changed))).isEmpty();
        });
  }

  @Test
  void lookAlikesAreNoKeys() {
    String written = new ApiKey("abcdefghij", "abcdefghijabcdefghijabcdefghijab").written();

    assertThat(ApiKey.parse(written)).isPresent();
    assertThat(ApiKey.parse(written + "\n")).isEmpty();
    assertThat(ApiKey.parse(" " + written)).isEmpty();
    assertThat(ApiKey.parse(written.toUpperCase(Locale.ROOT))).isEmpty();
    assertThat(ApiKey.parse(written.replace('a', '\u0430'))).isEmpty();
    assertThat(ApiKey.parse("")).isEmpty();
  }
}
