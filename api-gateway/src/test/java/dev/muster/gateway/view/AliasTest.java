package dev.muster.gateway.view;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.junit.jupiter.api.Test;

class AliasTest {
  @Test
  void aliasIsStableAndSaysNothingOfTheHost() {
    Alias alias = alias("secret", "acme");

    assertThat(alias.of("rack-7")).isEqualTo(alias.of("rack-7")).matches("w-[0-9a-f]{8}");
    assertThat(alias.of("rack-7")).isNotEqualTo(alias.of("rack-8"));
    assertThat(alias.of(null)).isNull();
  }

  @Test
  void twoTenantsCannotCompareTheirWorkers() {
    assertThat(alias("secret", "acme").of("rack-7"))
        .isNotEqualTo(alias("secret", "other").of("rack-7"));
  }

  @Test
  void aliasCannotBeGuessedWithoutTheSecret() {
    assertThat(alias("secret", "acme").of("rack-7"))
        .isNotEqualTo(alias("another", "acme").of("rack-7"));
  }

  private static Alias alias(String secret, String tenant) {
    return new Alias(
        text -> {
          try {
            return MessageDigest.getInstance("SHA-256")
                .digest((secret + text).getBytes(StandardCharsets.UTF_8));
          } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
          }
        },
        tenant);
  }
}
