package dev.muster.contracts.id;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.math.BigInteger;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JobIdTest {
  private static final String ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

  @Test
  void isTheNumberOfItsTimeAndRandomBitsInBase32() {
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 1_000; i++) {
      long millis = random.nextLong(1L << 48);
      long high = random.nextLong();
      long low = random.nextLong();

      JobId id = JobId.of(millis, high, low);

      BigInteger expected =
          BigInteger.valueOf(millis)
              .shiftLeft(80)
              .or(BigInteger.valueOf(high & 0xFFFF).shiftLeft(64))
              .or(new BigInteger(Long.toUnsignedString(low)));
      assertThat(number(id.value())).isEqualTo(expected);
      assertThat(id.epochMillis()).isEqualTo(millis);
    }
  }

  @Test
  void sortsByAge() {
    assertThat(JobId.of(1_000, -1, -1)).isLessThan(JobId.of(1_001, 0, 0));
    assertThat(JobId.of(1_000, 1, -1)).isLessThan(JobId.of(1_000, 2, 0));
  }

  @Test
  void isReadInEveryFormUsersWrite() {
    JobId id = JobId.of(1_700_000_000_000L, 7, 9);

    assertThat(JobId.parse(id.external())).isEqualTo(id);
    assertThat(JobId.parse(id.value())).isEqualTo(id);
    assertThat(JobId.parse(id.external().toLowerCase(java.util.Locale.ROOT))).isEqualTo(id);
    assertThat(id.external()).isEqualTo("job_" + id.value()).isEqualTo(id.toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "job_",
        "01HF7YAT0041061050R3GG28A",
        "01HF7YAT0041061050R3GG28A11",
        "81HF7YAT0041061050R3GG28A1",
        "01HF7YAT0041061050R3GG28AI",
        "01HF7YAT0041061050R3GG28A/",
        "job_job_01HF7YAT0041061050R3GG28A1",
        "../../../../../../etc/passwd"
      })
  void refusesWhatIsNoUlid(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> JobId.parse(text))
        .withMessageStartingWith("Expected a ULID");
  }

  private static BigInteger number(String text) {
    BigInteger number = BigInteger.ZERO;
    for (char c : text.toCharArray()) {
      number = number.shiftLeft(5).or(BigInteger.valueOf(ALPHABET.indexOf(c)));
    }
    return number;
  }
}
